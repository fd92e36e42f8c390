//! Forms that several dialects share.

use serde_json::Value;

use crate::behaviour::{
    Conversation, Cut, Delta, EmptyPiece, Reply, Settings, StopReason, Tool, ToolPieces, deltas,
};
use crate::json::Json as _;
use crate::providers::{Ask, Request};

/// Limits on a reply, under the names that a dialect gives them.
pub(super) fn settings(body: &Value, max_tokens: &str, stop: &str) -> Settings {
    let stop_sequences = match body.get(stop) {
        Some(Value::Array(all)) => all
            .iter()
            .filter_map(Value::as_str)
            .map(Into::into)
            .collect(),
        Some(Value::String(one)) => vec![one.clone()],
        _ => Vec::new(),
    };
    Settings {
        max_tokens: body.get(max_tokens).and_then(Value::as_u64),
        stop_sequences,
        answers: None,
    }
}

/// A tool whose schema stands under `schema`.
pub(super) fn tool(definition: &Value, schema: &str) -> Option<Tool> {
    let name = definition.member("name")?.as_str()?.to_owned();
    Some(Tool {
        name,
        schema: definition
            .get(schema)
            .cloned()
            .unwrap_or_else(|| serde_json::json!({"type": "object"})),
    })
}

/// The texts of a tool's answer, joined by newlines; `None` where it has none.
pub(super) fn joined_texts(content: &Value) -> Option<String> {
    let texts = content.as_array()?.iter();
    let texts: Vec<&str> = texts.filter_map(|b| b.member("text")?.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// Whether a marker such as `cache_control` stands anywhere in a body.
pub(super) fn holds_key(value: &Value, key: &str) -> bool {
    match value {
        Value::Object(object) => object.iter().any(|(k, v)| k == key || holds_key(v, key)),
        Value::Array(entries) => entries.iter().any(|v| holds_key(v, key)),
        _ => false,
    }
}

/// A completion: one text in, nothing else.
pub(super) fn completion(request: &Request<'_>, prompt: &str, limits: Settings) -> Ask {
    let prompt = request.text(prompt).unwrap_or_default();
    Ask::Chat(Conversation::of_prompt(prompt, limits))
}

/// The pieces of a reply's text, at least one, for dialects whose streams know only text. They are
/// as long as those of the family's ConverseStream; an empty piece stands only where the text is.
pub(super) fn texts(
    request: &Request<'_>,
    reply: Reply,
) -> impl Iterator<Item = String> + Send + use<> {
    let cut = Cut {
        tools: ToolPieces::Whole,
        tokens: request.family.tokens_per_delta,
        empty: EmptyPiece::Never,
    };
    pieces(reply, cut)
}

/// The same in pieces that are cut otherwise.
pub(super) fn pieces(reply: Reply, cut: Cut) -> impl Iterator<Item = String> + Send {
    deltas(reply, cut).filter_map(|delta| match delta {
        Delta::Text { text, .. } => Some(text),
        _ => None,
    })
}

/// Likewise [`stop_or_length`], where answers can ask for tools: OpenAI's chat form and those like it.
pub(super) fn stop_or_calls(stop: &StopReason) -> &'static str {
    match stop {
        StopReason::ToolUse => "tool_calls",
        other => stop_or_length(other),
    }
}

/// `stop`, or `length` where the token limit cut the text: Llama, Mistral, DeepSeek-R1. A tool that a
/// script asks for is none of theirs, so they just stop.
pub(super) fn stop_or_length(stop: &StopReason) -> &'static str {
    match stop {
        StopReason::MaxTokens | StopReason::ContextWindowExceeded => "length",
        StopReason::ContentFiltered | StopReason::GuardrailIntervened => "content_filter",
        _ => "stop",
    }
}

/// Floats in as few digits as tell single floats apart, as most providers print them.
pub(super) fn singles(vector: &[f32]) -> Value {
    let digits = |v: &f32| v.to_string().parse::<f64>().unwrap_or_default();
    vector.iter().map(digits).collect()
}

/// Floats in the digits of the doubles that they become in some providers' code.
pub(super) fn doubles(vector: &[f32]) -> Value {
    vector.iter().map(|v| f64::from(*v)).collect()
}
