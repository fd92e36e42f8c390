//! Amazon Titan Multimodal Embeddings: a text, a picture in base64, or both as one vector.
//!
//! `message` tells of failures and is null otherwise (documented; that it is written when null is
//! assumed). Only the text counts as input tokens, of which there may be 256 (documented; the words
//! of the refusal are those of the text models, assumed).

use serde_json::{Value, json};

use crate::behaviour::tokens;
use crate::behaviour::vectors::Subject;
use crate::providers::forms::singles;
use crate::providers::{Ask, Dialect, Metrics, Request, Said, media};
use crate::wire::{ApiError, rows};

/// Tokens that a text may have.
const MOST_TOKENS: u64 = 256;

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "titan-embed-image",
    covers: |model, _| model.starts_with("amazon.titan-embed-image"),
    schema: Some(bedrock_fixtures::providers::TITAN_EMBED_IMAGE),
    parse,
    render,
    chunks: None,
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let (text, image) = (request.text("inputText"), request.text("inputImage"));
    if text.is_none() && image.is_none() {
        return Err(ApiError::row(rows::runtime::MALFORMED)
            .with("what", "#: required key [inputText] not found")
            .hint("inputText or inputImage must be there"));
    }
    let count = text.map_or(0, tokens::count);
    if count > MOST_TOKENS {
        return Err(ApiError::row(rows::runtime::EMBED_TOO_MANY_TOKENS)
            .with("max", &MOST_TOKENS.to_string())
            .with("count", &count.to_string()));
    }
    let mut subject = Subject {
        texts: text.map(Into::into).into_iter().collect(),
        media: Vec::new(),
    };
    if let Some(image) = image {
        let mut media = media::media(image, "#/inputImage")?;
        media.tokens = 0;
        subject.media.push(media);
    }
    let length = request
        .body
        .pointer("/embeddingConfig/outputEmbeddingLength");
    Ok(Ask::Embed {
        subjects: vec![subject],
        dimension: length.and_then(Value::as_u64).unwrap_or(1024) as usize,
    })
}

fn render(request: &Request<'_>, said: &Said) -> Value {
    let Said::Vectors(said) = said else {
        return Value::Null;
    };
    let text = request.text("inputText").unwrap_or_default();
    json!({
        "embedding": said.vectors.first().map(|v| singles(v)),
        "inputTextTokenCount": tokens::count(text),
        "message": null,
    })
}
