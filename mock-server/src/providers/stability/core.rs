//! Stability AI's newer models: Stable Diffusion 3 and 3.5, Stable Image Core and Ultra, and the
//! editing services, which answer in one form.
//!
//! The size follows from `aspect_ratio`, or from the picture that was sent. The answer is a PNG
//! whatever `output_format` says: the mock has no encoder for others.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::behaviour::pictures::Sketch;
use crate::providers::{Ask, Dialect, Metrics, Request, Said, media};
use crate::wire::{ApiError, rows};

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "stability",
    covers: |model, _| model.starts_with("stability."),
    schema: Some(bedrock_fixtures::providers::STABILITY),
    parse,
    render,
    chunks: None,
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

/// Aspect ratios (documented) and their sizes (about a million pixels, as Stability publishes).
const RATIOS: &[(&str, (u32, u32))] = &[
    ("1:1", (1024, 1024)),
    ("16:9", (1344, 768)),
    ("21:9", (1536, 640)),
    ("2:3", (832, 1216)),
    ("3:2", (1216, 832)),
    ("4:5", (896, 1088)),
    ("5:4", (1088, 896)),
    ("9:16", (768, 1344)),
    ("9:21", (640, 1536)),
];

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let image = request.text("image").or_else(|| request.text("init_image"));
    if let Some(image) = image {
        media::file(image, "#/image")?;
    }
    // Services that only edit need a picture, the others a text.
    let missing = if edits(request.model) && image.is_none() {
        Some("image")
    } else if !edits(request.model) && request.text("prompt").is_none() {
        Some("prompt")
    } else if request.text("mode") == Some("image-to-image") && image.is_none() {
        Some("image")
    } else {
        None
    };
    if let Some(missing) = missing {
        let what = format!("#: required key [{missing}] not found");
        return Err(ApiError::row(rows::runtime::MALFORMED).with("what", &what));
    }
    let ratio = request.text("aspect_ratio").unwrap_or("1:1");
    let by_ratio = RATIOS.iter().find(|(r, _)| *r == ratio);
    let size = match image.and_then(media::measured) {
        Some(m) => (m.width, m.height),
        None => by_ratio.map_or((1024, 1024), |(_, size)| *size),
    };
    // 0 asks for any seed, as does none.
    let seed = request.number("seed").filter(|s| *s > 0);
    Ok(Ask::Image(Sketch {
        prompt: request.text("prompt").unwrap_or_default().to_owned(),
        size,
        seeds: vec![seed.unwrap_or(request.seed)],
    }))
}

/// Whether a model is one of the editing services.
fn edits(model: &str) -> bool {
    [
        "upscale",
        "control",
        "erase",
        "inpaint",
        "outpaint",
        "background",
        "search",
        "style",
    ]
    .iter()
    .any(|word| model.contains(word))
}

fn render(_request: &Request<'_>, said: &Said) -> Value {
    let Said::Pictures(said) = said else {
        return Value::Null;
    };
    let base64 = base64::engine::general_purpose::STANDARD;
    let images: Vec<String> = said.files.iter().map(|f| base64.encode(f)).collect();
    let reasons = vec![Value::Null; images.len()];
    json!({"seeds": said.seeds, "finish_reasons": reasons, "images": images})
}
