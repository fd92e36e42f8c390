//! Reasoning that a conversation gives back.

use base64::Engine as _;

use super::RuleInput;
use super::block_path::Placed;
use crate::conversation::{ReasoningView, ViewKind};
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// The model accepts reasoning, and signatures, in its own messages.
pub(super) fn supported(input: &RuleInput<'_>) -> Result<(), ApiError> {
    for (at, signature) in reasoning(input) {
        if input.refuses(Capability::ReasoningText) {
            let role = input.messages()[at.message].role;
            return Err(ApiError::row(rows::runtime::ROLE_FIELD_UNSUPPORTED)
                .with("field", "reasoningContent.reasoningText.text")
                .with("role", role.word()));
        }
        if input.refuses(Capability::Signature) && signature.is_some() {
            return Err(ApiError::row(rows::runtime::FIELD_UNSUPPORTED)
                .with("field", "reasoningContent.reasoningText.signature"));
        }
    }
    Ok(())
}

/// Claude's own reasoning has its signature. The mock makes signatures that mean nothing, so it can only
/// recognise those that are not base64.
pub(super) fn signed(input: &RuleInput<'_>) -> Result<(), ApiError> {
    for (at, signature) in reasoning(input) {
        let row = match signature {
            None => rows::runtime::CLAUDE_THINKING_SIGNATURE_MISSING,
            Some(signature) if !could_be_ours(signature) => {
                rows::runtime::CLAUDE_THINKING_SIGNATURE
            }
            Some(_) => continue,
        };
        return Err(ApiError::row(row).with("path", &at.anthropic_path()));
    }
    Ok(())
}

/// Every block of reasoning in words, with its signature.
fn reasoning<'a>(
    input: &RuleInput<'a>,
) -> impl Iterator<Item = (Placed<'a>, Option<&'a str>)> + use<'a> {
    input.blocks().filter_map(|at| match at.kind() {
        ViewKind::Reasoning(ReasoningView::Text { signature }) => Some((at, *signature)),
        _ => None,
    })
}

fn could_be_ours(signature: &str) -> bool {
    let standard = &base64::engine::general_purpose::STANDARD;
    !signature.is_empty() && standard.decode(signature).is_ok()
}
