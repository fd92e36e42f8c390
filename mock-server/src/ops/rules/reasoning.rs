//! Reasoning that a conversation gives back.

use base64::Engine as _;
use serde_json::Value;

use super::{RuleInput, role};
use crate::json::Json as _;
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// The model takes reasoning, and signatures, in its own messages.
pub(super) fn supported(case: &RuleInput<'_>) -> Result<(), ApiError> {
    for at in case.blocks() {
        let Some(text) = at.value.at(&["reasoningContent", "reasoningText"]) else {
            continue;
        };
        if case.refuses(Capability::ReasoningText) {
            return Err(ApiError::row(rows::runtime::ROLE_FIELD_UNSUPPORTED)
                .with("field", "reasoningContent.reasoningText.text")
                .with("role", role(&case.messages()[at.message])));
        }
        if case.refuses(Capability::Signature) && text.member("signature").is_some() {
            return Err(ApiError::row(rows::runtime::FIELD_UNSUPPORTED)
                .with("field", "reasoningContent.reasoningText.signature"));
        }
    }
    Ok(())
}

/// Claude's own reasoning has its signature. The mock makes signatures that mean nothing, so that
/// what is no base64 is all that it can tell from them.
pub(super) fn signed(case: &RuleInput<'_>) -> Result<(), ApiError> {
    for at in case.blocks().filter(|_| case.is_claude()) {
        let Some(text) = at.value.at(&["reasoningContent", "reasoningText"]) else {
            continue;
        };
        let row = match text.member("signature").and_then(Value::as_str) {
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

fn could_be_ours(signature: &str) -> bool {
    let standard = &base64::engine::general_purpose::STANDARD;
    !signature.is_empty() && standard.decode(signature).is_ok()
}
