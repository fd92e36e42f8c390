//! Amazon's image models, Titan Image Generator and Nova Canvas, which take the same body.
//!
//! The size is the one asked for, or that of the picture to edit, or 1024 by 1024. Titan draws the
//! sizes of a documented list, Canvas any between bounds. `error` is null unless pictures were
//! withheld (documented; that it is written when null is assumed).

use base64::Engine as _;
use serde_json::{Value, json};

use crate::behaviour::pictures::Sketch;
use crate::providers::{Ask, Dialect, Metrics, Request, Said, media};
use crate::wire::{ApiError, rows};

pub(in crate::providers) const TITAN: Dialect = Dialect {
    name: "titan-image",
    covers: |model, _| model.starts_with("amazon.titan-image"),
    schema: Some(bedrock_fixtures::providers::TITAN_IMAGE),
    parse: |request| parse(request, 42, |size| TITAN_SIZES.contains(&size)),
    render,
    chunks: None,
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

pub(in crate::providers) const CANVAS: Dialect = Dialect {
    name: "nova-canvas",
    covers: |model, _| model.starts_with("amazon.nova-canvas"),
    schema: Some(bedrock_fixtures::providers::NOVA_CANVAS),
    parse: |request| parse(request, 12, canvas_draws),
    render,
    chunks: None,
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

/// What a task calls its parameters, and where in them the picture to edit stands, if it has one
/// whose size the answer takes.
const TASKS: &[(&str, &str, Option<&str>)] = &[
    ("TEXT_IMAGE", "textToImageParams", None),
    ("INPAINTING", "inPaintingParams", Some("image")),
    ("OUTPAINTING", "outPaintingParams", Some("image")),
    ("IMAGE_VARIATION", "imageVariationParams", None),
    (
        "COLOR_GUIDED_GENERATION",
        "colorGuidedGenerationParams",
        None,
    ),
    (
        "BACKGROUND_REMOVAL",
        "backgroundRemovalParams",
        Some("image"),
    ),
    ("VIRTUAL_TRY_ON", "virtualTryOnParams", Some("sourceImage")),
];

fn parse(request: &Request<'_>, seed: u64, draws: fn((u64, u64)) -> bool) -> Result<Ask, ApiError> {
    let task = request.text("taskType").unwrap_or_default();
    let Some((_, name, edited)) = TASKS.iter().find(|(t, _, _)| *t == task) else {
        let what = format!("#/taskType: {task} is not a valid enum value");
        return Err(ApiError::row(rows::runtime::MALFORMED).with("what", &what));
    };
    let Some(parameters) = request.member(name) else {
        let what = format!("#: required key [{name}] not found");
        return Err(ApiError::row(rows::runtime::MALFORMED).with("what", &what));
    };
    for (key, value) in parameters.as_object().into_iter().flatten() {
        let at = format!("#/{name}/{key}");
        match value {
            Value::String(image) if key.to_lowercase().ends_with("image") => {
                media::file(image, &at)?;
            }
            Value::Array(images) if key == "images" => {
                for (i, image) in images.iter().filter_map(Value::as_str).enumerate() {
                    media::file(image, &format!("{at}/{i}"))?;
                }
            }
            _ => {}
        }
    }

    let config = |name: &str| {
        let config = request.member("imageGenerationConfig")?;
        config.get(name)?.as_u64()
    };
    let edited = edited.and_then(|e| media::measured(parameters.get(e)?.as_str()?));
    let size = match (config("width"), config("height"), edited) {
        (None, None, Some(m)) => (m.width, m.height),
        (width, height, _) => {
            let size = (width.unwrap_or(1024), height.unwrap_or(1024));
            if !draws(size) {
                return Err(ApiError::row(rows::runtime::IMAGE_SIZE)
                    .with("width", &size.0.to_string())
                    .with("height", &size.1.to_string()));
            }
            (size.0 as u32, size.1 as u32)
        }
    };
    let seed = config("seed").unwrap_or(seed);
    let count = config("numberOfImages").unwrap_or(1).min(5);
    Ok(Ask::Image(Sketch {
        prompt: format!("{task} {parameters}"),
        size,
        seeds: (0..count).map(|i| seed + i).collect(),
    }))
}

fn render(_request: &Request<'_>, said: &Said) -> Value {
    let Said::Pictures(said) = said else {
        return Value::Null;
    };
    let base64 = base64::engine::general_purpose::STANDARD;
    let images: Vec<String> = said.files.iter().map(|f| base64.encode(f)).collect();
    json!({"images": images, "error": null})
}

/// Sides in steps of 16 between bounds, no more than four times as long as the other, and about
/// four million pixels (documented).
fn canvas_draws((width, height): (u64, u64)) -> bool {
    let side = |s: u64| (320..=4096).contains(&s) && s.is_multiple_of(16);
    let slim = width > 4 * height || height > 4 * width;
    side(width) && side(height) && !slim && width * height <= 4_194_304
}

/// The sizes that Titan draws (documented).
const TITAN_SIZES: &[(u64, u64)] = &[
    (1024, 1024),
    (768, 768),
    (512, 512),
    (768, 1152),
    (384, 576),
    (1152, 768),
    (576, 384),
    (768, 1280),
    (384, 640),
    (1280, 768),
    (640, 384),
    (896, 1152),
    (448, 576),
    (1152, 896),
    (576, 448),
    (768, 1408),
    (384, 704),
    (1408, 768),
    (704, 384),
    (640, 1408),
    (320, 704),
    (1408, 640),
    (704, 320),
    (1152, 640),
    (1173, 640),
];
