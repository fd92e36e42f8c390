//! Amazon Titan Text Embeddings, first generation (also under its older id) and V2.
//!
//! The first takes a text and nothing else, and its vectors are not of length 1. V2 has dimensions,
//! `normalize`, and `embeddingsByType`, which is always there (recorded, documented); its floats
//! are printed as doubles (recorded), the first generation's as single floats (assumed from
//! published samples). Broken lengths are told without a pointer, unlike in other families
//! (alphagov/govuk-chat#220).

use serde_json::{Map, Value, json};

use crate::behaviour::tokens;
use crate::behaviour::vectors::{Subject, bits};
use crate::providers::forms::{doubles, singles};
use crate::providers::{Ask, Dialect, Metrics, Request, Said};
use crate::wire::{ApiError, rows};

/// Longest text, in characters and in tokens (documented).
const MOST_CHARACTERS: usize = 50_000;
const MOST_TOKENS: u64 = 8_192;
/// Length of vectors that are not scaled to 1 (assumed; the service's vary about it).
const NATURAL_LENGTH: f32 = 12.0;

pub(in crate::providers) const FIRST: Dialect = Dialect {
    name: "titan-embed-v1",
    covers: |model, _| {
        model.starts_with("amazon.titan-embed-text-v1")
            || model.starts_with("amazon.titan-embed-g1-text")
    },
    schema: Some(bedrock_fixtures::providers::TITAN_EMBED_V1),
    parse: |request| parse(request, 1536),
    render: render_first,
    chunks: None,
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

pub(in crate::providers) const SECOND: Dialect = Dialect {
    name: "titan-embed-v2",
    covers: |model, _| model.starts_with("amazon.titan-embed-text"),
    schema: Some(bedrock_fixtures::providers::TITAN_EMBED_V2),
    parse: |request| {
        parse(
            request,
            request.number("dimensions").unwrap_or(1024) as usize,
        )
    },
    render: render_second,
    chunks: None,
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

fn parse(request: &Request<'_>, dimension: usize) -> Result<Ask, ApiError> {
    let text = request.text("inputText").unwrap_or_default();
    let length = text.chars().count();
    let malformed = |what: String| Err(ApiError::row(rows::runtime::MALFORMED).with("what", &what));
    if length == 0 {
        return malformed("expected minLength: 1, actual: 0".into());
    }
    if length > MOST_CHARACTERS {
        return malformed(format!(
            "expected maxLength: {MOST_CHARACTERS}, actual: {length}"
        ));
    }
    let count = tokens::count(text);
    if count > MOST_TOKENS {
        return Err(ApiError::row(rows::runtime::EMBED_TOO_MANY_TOKENS)
            .with("max", &MOST_TOKENS.to_string())
            .with("count", &count.to_string()));
    }
    Ok(Ask::Embed {
        subjects: vec![Subject::of_text(text)],
        dimension,
    })
}

fn render_first(_request: &Request<'_>, said: &Said) -> Value {
    let Said::Vectors(said) = said else {
        return Value::Null;
    };
    let vector = said.vectors.first().map(|v| lengthened(v));
    json!({
        "embedding": singles(&vector.unwrap_or_default()),
        "inputTextTokenCount": said.input_tokens,
    })
}

fn render_second(request: &Request<'_>, said: &Said) -> Value {
    let Said::Vectors(said) = said else {
        return Value::Null;
    };
    let unit = said.vectors.first().map(Vec::as_slice).unwrap_or_default();
    let vector = if request.member("normalize") == Some(&Value::Bool(false)) {
        lengthened(unit)
    } else {
        unit.to_vec()
    };
    let asked = |kind: &str| {
        let types = request.member("embeddingTypes").and_then(Value::as_array);
        types.is_some_and(|all| all.iter().any(|t| t == kind))
    };
    let mut by_type = Map::new();
    if asked("binary") {
        by_type.insert("binary".into(), bits(&vector).into());
    }
    if asked("float") || by_type.is_empty() {
        by_type.insert("float".into(), doubles(&vector));
    }
    json!({
        "embedding": doubles(&vector),
        "embeddingsByType": by_type,
        "inputTextTokenCount": said.input_tokens,
    })
}

fn lengthened(unit: &[f32]) -> Vec<f32> {
    unit.iter().map(|v| v * NATURAL_LENGTH).collect()
}
