//! Members of an Anthropic Messages body besides its messages, and how these may end.

use serde_json::Value;

use crate::json::Json as _;
use crate::providers::anthropic::messages::refuse;
use crate::wire::ApiError;

/// Members of the body besides messages: their types and ranges, and none that Anthropic lacks. The
/// words are those of Anthropic's validator; `Extra inputs are not permitted` is recorded.
///
/// `cache_control` of the body itself is an extra input too, but on models that take it.
pub(in crate::providers) fn members(body: &Value, automatic_cache: bool) -> Result<(), ApiError> {
    for (name, value) in body.as_object().into_iter().flatten() {
        let wrong = match name.as_str() {
            "anthropic_version" | "container" if !value.is_string() => "valid string",
            "system" if !value.is_string() && !value.is_array() => "valid string",
            "temperature" | "top_p" if !value.is_number() => "valid number",
            "top_k" if !value.is_i64() => "valid integer",
            "stop_sequences" | "tools" | "anthropic_beta" | "mcp_servers" if !value.is_array() => {
                "valid list"
            }
            "thinking" | "tool_choice" | "metadata" | "output_config" | "output_format"
            | "context_management"
                if !value.is_object() =>
            {
                "valid dictionary"
            }
            "stream" if !value.is_boolean() => "valid boolean",
            "cache_control" if automatic_cache => match value.is_object() {
                true => "",
                false => "valid dictionary",
            },
            known if KNOWN.contains(&known) => "",
            _ => return Err(refuse(&format!("{name}: Extra inputs are not permitted"))),
        };
        if !wrong.is_empty() && !value.is_null() {
            return Err(refuse(&format!("{name}: Input should be a {wrong}")));
        }
        let number = value.as_f64().unwrap_or_default();
        match name.as_str() {
            "temperature" | "top_p" if number > 1.0 => {
                return Err(refuse(&format!(
                    "{name}: Input should be less than or equal to 1"
                )));
            }
            "temperature" | "top_p" | "top_k" if number < 0.0 => {
                return Err(refuse(&format!(
                    "{name}: Input should be greater than or equal to 0"
                )));
            }
            _ => {}
        }
    }
    let texts = body.member("stop_sequences").and_then(Value::as_array);
    if let Some(at) = texts.and_then(|all| all.iter().position(|t| !t.is_string())) {
        return Err(refuse(&format!(
            "stop_sequences.{at}: Input should be a valid string"
        )));
    }
    Ok(())
}

/// No text of the system prompt is empty (dimagi/open-chat-studio#1969); the prompt itself may be.
pub(in crate::providers) fn system(body: &Value) -> Result<(), ApiError> {
    let blocks = body.member("system").and_then(Value::as_array);
    let empty = |block: &Value| block.member("text").is_some_and(|text| text == "");
    match blocks.is_some_and(|all| all.iter().any(empty)) {
        true => Err(refuse("system: text content blocks must be non-empty")),
        false => Ok(()),
    }
}

/// A version of the API is a day; what is none is named in the refusal (boto/boto3#4218). Which days there
/// are is not known: Anthropic's own client sends later ones than Bedrock's `bedrock-2023-05-31`.
pub(in crate::providers) fn version(body: &Value) -> Result<(), ApiError> {
    let digits =
        |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let is_day = |text: &str| {
        let parts: Vec<&str> = text
            .strip_prefix("bedrock-")
            .unwrap_or(text)
            .split('-')
            .collect();
        matches!(parts[..], [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2))
    };
    match body.member("anthropic_version").and_then(Value::as_str) {
        Some(other) if !is_day(other) => Err(refuse(&format!("Invalid API version: {other}"))),
        _ => Ok(()),
    }
}

/// The model goes on from what it is said to have said, which must not end with a blank
/// (langchain-ai/langchain-aws#599).
pub(in crate::providers) fn ends_without_blank(last: Option<&Value>) -> Result<(), ApiError> {
    let Some(last) = last.filter(|message| message["role"] == "assistant") else {
        return Ok(());
    };
    let text = match &last["content"] {
        Value::Array(blocks) => blocks
            .last()
            .and_then(|block| block.member("text")?.as_str()),
        content => content.as_str(),
    };
    match text.is_some_and(|text| text.ends_with(char::is_whitespace)) {
        true => Err(refuse(
            "messages: final assistant content cannot end with trailing whitespace",
        )),
        false => Ok(()),
    }
}

/// Members that a Messages body may have on Bedrock (Anthropic's and the service's documentation).
const KNOWN: &[&str] = &[
    "anthropic_version",
    "anthropic_beta",
    "container",
    "context_management",
    "max_tokens",
    "mcp_servers",
    "messages",
    "metadata",
    "output_config",
    "output_format",
    "stop_sequences",
    "stream",
    "system",
    "temperature",
    "thinking",
    "tool_choice",
    "tools",
    "top_k",
    "top_p",
];
