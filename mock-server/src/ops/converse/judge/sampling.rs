//! `temperature` and `topP` of newer Claude models.

use serde_json::Value;

use super::{Case, unless};
use crate::state::catalogue::Capability;
use crate::wire::ApiError;

/// One of them, not both.
pub(super) fn both(case: &Case<'_>) -> Result<(), ApiError> {
    let given = |name: &str| case.inference(name).is_some();
    unless(
        case.refuses(Capability::TemperatureWithTopP) && given("temperature") && given("topP"),
        "runtime.claude-sampling-both",
    )
}

/// None, but for 1, which changes nothing.
pub(super) fn deprecated(case: &Case<'_>) -> Result<(), ApiError> {
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
            Err(ApiError::row("runtime.claude-sampling-deprecated").with("name", theirs))
        }
        None => Ok(()),
    }
}
