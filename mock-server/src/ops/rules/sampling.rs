//! `temperature` and `topP` of newer Claude models.

use super::{RuleInput, refuse_if};
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// One of them, not both.
pub(super) fn both(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let given = &input.conversation.inference;
    let both = given.temperature.is_some() && given.top_p.is_some();
    refuse_if(
        both && input.refuses(Capability::TemperatureWithTopP),
        rows::runtime::CLAUDE_SAMPLING_BOTH,
    )
}

/// Neither, except 1, which changes nothing.
pub(super) fn deprecated(input: &RuleInput<'_>) -> Result<(), ApiError> {
    if !input.refuses(Capability::Sampling) {
        return Ok(());
    }
    let given = &input.conversation.inference;
    let changed = |value: Option<f64>| value.is_some_and(|v| (v - 1.0).abs() > f64::EPSILON);
    let fields = [("temperature", given.temperature), ("top_p", given.top_p)];
    match fields.iter().find(|(_, value)| changed(*value)) {
        Some((name, _)) => {
            Err(ApiError::row(rows::runtime::CLAUDE_SAMPLING_DEPRECATED).with("name", name))
        }
        None => Ok(()),
    }
}
