//! Cohere Embed v3 and v4: lists of texts or pictures, v4 also both mixed in `inputs`.
//!
//! Without `embedding_types` the vectors stand bare (`embeddings_floats`); with them, even with one,
//! under the names of the types (`embeddings_by_type`). v3 sorts its members, v4 does not
//! (recorded). What was embedded is sent back: texts, what v3's pictures measured, v4's inputs.

use base64::Engine as _;
use serde_json::{Map, Value, json};

use crate::behaviour::vectors::{Subject, binary, bytes, int8, ubinary, uint8};
use crate::behaviour::{ids, tokens};
use crate::json::Json as _;
use crate::providers::forms::singles;
use crate::providers::{Ask, Dialect, Metrics, Request, Said, media};
use crate::wire::{ApiError, rows};

/// Tokens that fit in a subject (documented).
const TOKENS_V3: u64 = 512;
const TOKENS_V4: u64 = 128_000;

pub(in crate::providers) const THIRD: Dialect = Dialect {
    name: "cohere-embed-v3",
    covers: |model, _| model.starts_with("cohere.embed-") && !is_fourth(model),
    schema: Some(bedrock_fixtures::providers::COHERE_EMBED_V3),
    parse,
    render: render_third,
    chunks: None,
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

pub(in crate::providers) const FOURTH: Dialect = Dialect {
    name: "cohere-embed-v4",
    covers: |model, _| is_fourth(model),
    schema: Some(bedrock_fixtures::providers::COHERE_EMBED_V4),
    parse,
    render: render_fourth,
    chunks: None,
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

fn is_fourth(model: &str) -> bool {
    model.starts_with("cohere.embed-v4")
}

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let list = |name: &str| request.member(name).and_then(Value::as_array);
    let mut subjects = Vec::new();
    for text in list("texts")
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        subjects.push(text_of(request, text)?);
    }
    for (i, image) in list("images").into_iter().flatten().enumerate() {
        let image = image.as_str().unwrap_or_default();
        let media = vec![media::media(image, &format!("#/images/{i}"))?];
        subjects.push(Subject {
            texts: Vec::new(),
            media,
        });
    }
    for (i, input) in list("inputs").into_iter().flatten().enumerate() {
        subjects.push(mixed(request, input, i)?);
    }
    if ["texts", "images", "inputs"]
        .iter()
        .all(|n| list(n).is_none())
    {
        return Err(ApiError::row(rows::runtime::MALFORMED)
            .with("what", "#: required key [texts] not found")
            .hint("texts, images or inputs must be there"));
    }
    let default = if is_fourth(request.model) {
        1536
    } else if request.model.contains("light") {
        384
    } else {
        1024
    };
    Ok(Ask::Embed {
        subjects,
        dimension: request.number("output_dimension").unwrap_or(default) as usize,
    })
}

/// A text, cut or refused if it is too long; the cut is at the end that `truncate` names.
fn text_of(request: &Request<'_>, text: &str) -> Result<Subject, ApiError> {
    let most = if is_fourth(request.model) {
        let asked = request.number("max_tokens");
        asked.unwrap_or(TOKENS_V4).min(TOKENS_V4)
    } else {
        TOKENS_V3
    } as usize;
    let tokens = tokens::split(text);
    if tokens.len() <= most {
        return Ok(Subject::of_text(text));
    }
    let kept = match request.text("truncate") {
        Some("NONE") => return Err(ApiError::row(rows::runtime::INPUT_TOO_LONG)),
        Some("START" | "LEFT") => &tokens[tokens.len() - most..],
        _ => &tokens[..most],
    };
    Ok(Subject::of_text(&kept.concat()))
}

/// One of v4's inputs: its parts together make one vector.
fn mixed(request: &Request<'_>, input: &Value, index: usize) -> Result<Subject, ApiError> {
    let mut subject = Subject::default();
    let parts = input.member("content").and_then(Value::as_array);
    for (i, part) in parts.into_iter().flatten().enumerate() {
        if let Some(text) = part.member("text").and_then(Value::as_str) {
            subject.texts.extend(text_of(request, text)?.texts);
        }
        let image = part.member("image_url");
        let image = image.and_then(|u| u.as_str().or_else(|| u.member("url")?.as_str()));
        if let Some(image) = image {
            let at = format!("#/inputs/{index}/content/{i}/image_url");
            subject.media.push(media::media(image, &at)?);
        }
    }
    Ok(subject)
}

fn render_third(request: &Request<'_>, said: &Said) -> Value {
    let Said::Vectors(said) = said else {
        return Value::Null;
    };
    let (embeddings, response_type) = embeddings(request, &said.vectors);
    let mut out = Map::new();
    out.insert("embeddings".into(), embeddings);
    out.insert("id".into(), ids::uuid(request.seed).into());
    if let Some(images) = request.member("images").and_then(Value::as_array) {
        let described = images.iter().map(|i| described(i.as_str()?));
        out.insert("images".into(), described.flatten().collect());
    }
    out.insert("response_type".into(), response_type.into());
    out.insert("texts".into(), texts(request));
    Value::Object(out)
}

fn render_fourth(request: &Request<'_>, said: &Said) -> Value {
    let Said::Vectors(said) = said else {
        return Value::Null;
    };
    let (embeddings, response_type) = embeddings(request, &said.vectors);
    let mut out = Map::new();
    out.insert("id".into(), ids::uuid(request.seed).into());
    if request.member("texts").is_some() {
        out.insert("texts".into(), texts(request));
    }
    if let Some(inputs) = request.member("inputs") {
        out.insert("inputs".into(), inputs.clone());
    }
    out.insert("embeddings".into(), embeddings);
    out.insert("response_type".into(), response_type.into());
    Value::Object(out)
}

/// The vectors in the forms asked for, and what that form is called.
fn embeddings(request: &Request<'_>, vectors: &[Vec<f32>]) -> (Value, &'static str) {
    let types = request.member("embedding_types").and_then(Value::as_array);
    let Some(types) = types.filter(|t| !t.is_empty()) else {
        let bare = vectors.iter().map(|v| singles(v)).collect();
        return (Value::Array(bare), "embeddings_floats");
    };
    let mut by_type = Map::new();
    for kind in types.iter().filter_map(Value::as_str) {
        let write = |vector: &Vec<f32>| -> Value {
            match kind {
                "int8" => int8(vector).into(),
                "uint8" => uint8(vector).into(),
                "binary" => binary(vector).into(),
                "ubinary" => ubinary(vector).into(),
                "base64" => base64::engine::general_purpose::STANDARD
                    .encode(bytes(vector))
                    .into(),
                _ => singles(vector),
            }
        };
        by_type.insert(kind.into(), vectors.iter().map(write).collect());
    }
    (Value::Object(by_type), "embeddings_by_type")
}

fn texts(request: &Request<'_>) -> Value {
    request
        .member("texts")
        .cloned()
        .unwrap_or_else(|| json!([]))
}

/// What v3 says of a picture (documented).
fn described(image: &str) -> Option<Value> {
    let m = media::measured(image)?;
    Some(json!({"width": m.width, "height": m.height, "format": m.format, "bit_depth": m.depth}))
}
