//! What the provider refuses in a body that its dialect can read: InvokeModel's rules.
//!
//! Only bodies of Claude and Nova have rules, which are known from Converse; bodies of other families
//! have no more rules than their schemas.

use serde_json::Value;

use super::Call;
use super::inference::{refused_in_stream, rule_input};
use super::rules::{broken_in_stream, check_body_rules, unframed};
use crate::providers::Dialect;
use crate::state::resolve::Resolved;
use crate::wire::{Answer, ApiError};

/// Checks a body against its provider's rules; an answer is a refusal inside a stream.
pub(super) fn check_body(
    call: &Call<'_>,
    resolved: &Resolved<'_>,
    dialect: &Dialect,
    body: &Value,
) -> Result<Option<Answer>, ApiError> {
    let Some(view) = dialect.view else {
        return Ok(None);
    };
    let view = view(body);
    let input = rule_input(call, &view, resolved);
    check_body_rules(&input)?;
    let refusal = broken_in_stream(&input).map(|r| unframed(r, resolved.family.rules));
    match refusal {
        Some(refusal) if input.stream => Ok(Some(in_stream(call, &refusal))),
        Some(refusal) => Err(refusal),
        None => Ok(None),
    }
}

/// Recorded for ConverseStream of Nova, assumed here.
fn in_stream(call: &Call<'_>, refusal: &ApiError) -> Answer {
    let mut answer = refused_in_stream(call, refusal);
    answer.headers = vec![(
        "X-Amzn-Bedrock-Content-Type".into(),
        "application/json".to_owned(),
    )];
    answer
}
