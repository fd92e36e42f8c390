//! Stability AI's Stable Diffusion XL 1.0 and its predecessor, with `artifacts`.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::behaviour::pictures::Sketch;
use crate::json::Json as _;
use crate::providers::{Ask, Dialect, Metrics, Request, Said, media};
use crate::wire::ApiError;

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "stability-xl",
    covers: |model, _| model.starts_with("stability.stable-diffusion-xl"),
    schema: Some(bedrock_fixtures::providers::STABILITY_XL),
    parse,
    render,
    chunks: None,
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

/// Side of a picture unless asked otherwise (documented).
const SIDE: u32 = 512;

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let image = request.text("init_image");
    if let Some(image) = image {
        media::file(image, "#/init_image")?;
    }
    let prompts = request.member("text_prompts").and_then(Value::as_array);
    let prompts: Vec<&str> = prompts
        .into_iter()
        .flatten()
        .filter_map(|p| p.member("text")?.as_str())
        .collect();
    let side = |name: &str| request.number(name).map(|n| n as u32);
    let size = match image.and_then(media::measured) {
        Some(m) => (m.width, m.height),
        None => (
            side("width").unwrap_or(SIDE),
            side("height").unwrap_or(SIDE),
        ),
    };
    // 0 asks for any seed, as does none.
    let seed = request.number("seed").filter(|s| *s > 0);
    Ok(Ask::Image(Sketch {
        prompt: prompts.join("\n"),
        size,
        seeds: vec![seed.unwrap_or(request.seed)],
    }))
}

fn render(_request: &Request<'_>, said: &Said) -> Value {
    let Said::Pictures(said) = said else {
        return Value::Null;
    };
    let base64 = base64::engine::general_purpose::STANDARD;
    let artifacts: Vec<Value> = said
        .seeds
        .iter()
        .zip(&said.files)
        .map(|(seed, file)| {
            json!({"seed": seed, "base64": base64.encode(file), "finishReason": "SUCCESS"})
        })
        .collect();
    json!({"result": "success", "artifacts": artifacts})
}
