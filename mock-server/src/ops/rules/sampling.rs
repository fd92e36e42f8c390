//! `temperature` and `topP` of newer Claude models.

use serde_json::Value;

use super::{RuleInput, refuse_if};
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// One of them, not both.
pub(super) fn both(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let given = |name: &str| case.inference(name).is_some();
    refuse_if(
        case.refuses(Capability::TemperatureWithTopP) && given("temperature") && given("topP"),
        rows::runtime::CLAUDE_SAMPLING_BOTH,
    )
}

/// None, but for 1, which changes nothing.
pub(super) fn deprecated(case: &RuleInput<'_>) -> Result<(), ApiError> {
    if !case.refuses(Capability::Sampling) {
        return Ok(());
    }
    let changed = |name: &str| {
        let value = case.inference(name).and_then(Value::as_f64);
        value.is_some_and(|v| (v - 1.0).abs() > f64::EPSILON)
    };
    let names = [("temperature", "temperature"), ("topP", "top_p")];
    match names.iter().find(|(ours, _)| changed(ours)) {
        Some((_, theirs)) => {
            Err(ApiError::row(rows::runtime::CLAUDE_SAMPLING_DEPRECATED).with("name", theirs))
        }
        None => Ok(()),
    }
}
