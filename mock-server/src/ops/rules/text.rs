//! Messages say something.

use super::RuleInput;
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// Every message has content.
pub(super) fn content_is_there(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let mut messages = input.messages().iter();
    match messages.position(|message| message.content.is_empty()) {
        Some(index) => {
            Err(ApiError::row(rows::runtime::CONTENT_EMPTY).with("index", &index.to_string()))
        }
        None => Ok(()),
    }
}

/// No text is empty, and none is white space alone in a message without other text: blank text between
/// other blocks passes (recorded). Tool results may hold blank text, or nothing at all
/// (NousResearch/hermes-agent#55092).
pub(super) fn not_blank(input: &RuleInput<'_>) -> Result<(), ApiError> {
    check(input, blank)
}

/// The same, with blank text in Anthropic's words.
pub(super) fn not_blank_anthropic(input: &RuleInput<'_>) -> Result<(), ApiError> {
    check(input, |_, _| {
        ApiError::row(rows::runtime::CLAUDE_BLANK_TEXT)
    })
}

fn blank(message: usize, block: usize) -> ApiError {
    ApiError::row(rows::runtime::BLANK_TEXT)
        .with("message", &message.to_string())
        .with("block", &block.to_string())
}

/// `refusal` makes the refusal of white space from the indexes of its message and block.
fn check(
    input: &RuleInput<'_>,
    refusal: impl Fn(usize, usize) -> ApiError,
) -> Result<(), ApiError> {
    for (index, message) in input.messages().iter().enumerate() {
        let blocks = message.content.iter().enumerate();
        let texts = || {
            let blocks = blocks.clone();
            blocks.filter_map(|(at, block)| Some((at, block.kind.text()?)))
        };
        if let Some((at, _)) = texts().find(|(_, text)| text.is_empty()) {
            return Err(match input.refuses(Capability::EmptyText) {
                true => ApiError::row(rows::runtime::CLAUDE_EMPTY_TEXT),
                false => blank(index, at),
            });
        }
        if texts().all(|(_, text)| text.trim().is_empty())
            && let Some((at, _)) = texts().next()
        {
            return Err(refusal(index, at));
        }
    }
    Ok(())
}
