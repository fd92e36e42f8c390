//! Messages say something.

use serde_json::Value;

use super::RuleInput;
use crate::json::Json as _;
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// Every message has content.
pub(super) fn content_is_there(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let empty = |m: &Value| m.items("content").is_empty();
    match case.messages().iter().position(empty) {
        Some(index) => {
            Err(ApiError::row(rows::runtime::CONTENT_EMPTY).with("index", &index.to_string()))
        }
        None => Ok(()),
    }
}

/// No text is empty, and none is white space alone where a message says nothing else: blank text
/// between other blocks passes (recorded). Tool results may hold blank text, or nothing at all
/// (NousResearch/hermes-agent#55092).
pub(super) fn text_is_not_blank(case: &RuleInput<'_>) -> Result<(), ApiError> {
    for (index, message) in case.messages().iter().enumerate() {
        let content = message.items("content");
        let texts = || {
            content
                .iter()
                .enumerate()
                .filter_map(|(at, b)| Some((at, b.member("text")?.as_str()?)))
        };
        let blank = |at: usize| {
            Err(ApiError::row(rows::runtime::BLANK_TEXT)
                .with("message", &index.to_string())
                .with("block", &at.to_string()))
        };
        if let Some((at, _)) = texts().find(|(_, t)| t.is_empty()) {
            return match case.refuses(Capability::EmptyText) {
                true => Err(ApiError::row(rows::runtime::CLAUDE_EMPTY_TEXT)),
                false => blank(at),
            };
        }
        if texts().all(|(_, t)| t.trim().is_empty())
            && let Some((at, _)) = texts().next()
        {
            return match case.is_claude() {
                true => Err(ApiError::row(rows::runtime::CLAUDE_BLANK_TEXT)),
                false => blank(at),
            };
        }
    }
    Ok(())
}
