//! Images and documents of an Anthropic Messages body: whether they say what they are.
//!
//! The words are those of Anthropic's validator. What the bytes are is judged with the conversation.

use serde_json::Value;

use crate::json::Json as _;
use crate::providers::anthropic::messages::refuse;
use crate::wire::ApiError;

/// Media types that Claude reads, as its refusal lists them (BerriAI/litellm#16123).
const IMAGES: &[&str] = &["image/jpeg", "image/png", "image/gif", "image/webp"];

/// An image or document has a source that says its type, also in a tool result; other blocks pass.
pub(in crate::providers) fn media(block: &Value, at: &str) -> Result<(), ApiError> {
    match block.member("type").and_then(Value::as_str) {
        Some("image") => image(block, &format!("{at}.image.source")),
        // Recorded for a document's type; the other members have the same form.
        Some("document") => source(block, &format!("{at}.document.source")).map(drop),
        Some("tool_result") => {
            let inner = block.member("content").and_then(Value::as_array);
            let mut inner = inner.into_iter().flatten().enumerate();
            inner.try_for_each(|(k, b)| media(b, &format!("{at}.tool_result.content.{k}")))
        }
        _ => Ok(()),
    }
}

fn image(block: &Value, at: &str) -> Result<(), ApiError> {
    let source = source(block, at)?;
    let kind = source.member("type").and_then(Value::as_str);
    if kind == Some("url") {
        // Recorded.
        return Err(refuse(&format!(
            "{at}.base64.data: URL sources are not supported"
        )));
    }
    if kind != Some("base64") {
        return Ok(());
    }
    for member in ["media_type", "data"] {
        if source.get(member).is_none() {
            return Err(refuse(&format!("{at}.base64.{member}: Field required")));
        }
    }
    let media = source.member("media_type").and_then(Value::as_str);
    match media.is_some_and(|m| IMAGES.contains(&m)) {
        true => Ok(()),
        false => Err(refuse(&format!(
            "{at}.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'"
        ))),
    }
}

fn source<'b>(block: &'b Value, at: &str) -> Result<&'b Value, ApiError> {
    let Some(source) = block.member("source").filter(|source| !source.is_null()) else {
        return Err(refuse(&format!("{at}: Field required")));
    };
    match source.member("type").is_some_and(|kind| !kind.is_null()) {
        true => Ok(source),
        false => Err(refuse(&format!("{at}.type: Field required"))),
    }
}
