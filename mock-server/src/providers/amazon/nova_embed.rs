//! Amazon Nova Multimodal Embeddings: one text, picture, sound or film → one vector.
//!
//! The exception is a film with `AUDIO_VIDEO_SEPARATE`, which gives two. A text of too many tokens
//! is cut at the end that `truncationMode` names and the answer says where, or refused with `NONE`
//! (documented; the words of the refusal are assumed).

use serde_json::{Map, Value, json};

use crate::behaviour::tokens;
use crate::behaviour::vectors::Subject;
use crate::json::Json as _;
use crate::providers::forms::singles;
use crate::providers::{Ask, Dialect, Metrics, Request, Said, media};
use crate::wire::{ApiError, rows};

/// Tokens of a text that are embedded (documented as 8K).
const MOST_TOKENS: usize = 8_192;
const KINDS: &[&str] = &["text", "image", "video", "audio"];

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "nova-embed",
    covers: |model, _| model.starts_with("amazon.nova") && model.contains("embeddings"),
    schema: Some(bedrock_fixtures::providers::NOVA_EMBED),
    parse,
    render,
    chunks: None,
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let parameters = parameters(request);
    let held: Vec<&str> = KINDS
        .iter()
        .copied()
        .filter(|k| parameters.get(k).is_some())
        .collect();
    let kind = match held[..] {
        [one] => one,
        [] => {
            return Err(malformed(
                "#/singleEmbeddingParams: required key [text] not found",
            ));
        }
        [_, second, ..] => {
            return Err(malformed(&format!(
                "#/singleEmbeddingParams: extraneous key [{second}] is not permitted"
            )));
        }
    };
    let content = &parameters[kind];
    let mut subject = Subject::default();
    match content.member("value").and_then(Value::as_str) {
        Some(text) if kind == "text" => {
            let (kept, cut) = kept(content, text);
            if cut.is_some() && mode(content) == "NONE" {
                return Err(ApiError::row(rows::runtime::INPUT_TOO_LONG));
            }
            subject.texts.push(kept);
        }
        _ => {
            let at = format!("#/singleEmbeddingParams/{kind}");
            let Some(source) = content.member("source") else {
                let key = if kind == "text" { "value" } else { "source" };
                return Err(malformed(&format!("{at}: required key [{key}] not found")));
            };
            let media = media::source(source, &format!("{at}/source"))?;
            subject.media.push(media);
        }
    }
    let dimension = parameters
        .member("embeddingDimension")
        .and_then(Value::as_u64);
    let mut subjects = vec![subject];
    if types(request).len() == 2 {
        // The sound of a film, told apart from its pictures.
        let mut sound = subjects[0].clone();
        sound.media.iter_mut().for_each(|m| m.content.push(1));
        subjects.push(sound);
    }
    Ok(Ask::Embed {
        subjects,
        dimension: dimension.unwrap_or(3072) as usize,
    })
}

fn render(request: &Request<'_>, said: &Said) -> Value {
    let Said::Vectors(said) = said else {
        return Value::Null;
    };
    let text = parameters(request).member("text");
    let cut = text.and_then(|t| kept(t, t.member("value")?.as_str()?).1);
    let entries: Vec<Value> = types(request)
        .iter()
        .zip(&said.vectors)
        .map(|(kind, vector)| {
            let mut entry = Map::new();
            entry.insert("embeddingType".into(), (*kind).into());
            entry.insert("embedding".into(), singles(vector));
            if let Some(cut) = cut {
                entry.insert("truncatedCharLength".into(), cut.into());
            }
            Value::Object(entry)
        })
        .collect();
    json!({ "embeddings": entries })
}

fn parameters<'r>(request: &Request<'r>) -> &'r Value {
    &request.body["singleEmbeddingParams"]
}

/// What the vectors are called.
fn types(request: &Request<'_>) -> &'static [&'static str] {
    let parameters = parameters(request);
    let has = |kind: &str| parameters.get(kind).is_some();
    if has("image") {
        &["IMAGE"]
    } else if has("audio") {
        &["AUDIO"]
    } else if has("video") {
        match parameters.pointer("/video/embeddingMode") {
            Some(mode) if mode == "AUDIO_VIDEO_SEPARATE" => &["VIDEO", "AUDIO"],
            _ => &["AUDIO_VIDEO_COMBINED"],
        }
    } else {
        &["TEXT"]
    }
}

fn mode(content: &Value) -> &str {
    let mode = content.member("truncationMode").and_then(Value::as_str);
    mode.unwrap_or("END")
}

/// The part of a text that is embedded, and its length in characters if that is not all of it.
fn kept(content: &Value, text: &str) -> (String, Option<usize>) {
    let tokens = tokens::split(text);
    if tokens.len() <= MOST_TOKENS {
        return (text.to_owned(), None);
    }
    let kept = if mode(content) == "START" {
        tokens[tokens.len() - MOST_TOKENS..].concat()
    } else {
        tokens[..MOST_TOKENS].concat()
    };
    let length = kept.chars().count();
    (kept, Some(length))
}

fn malformed(what: &str) -> ApiError {
    ApiError::row(rows::runtime::MALFORMED).with("what", what)
}
