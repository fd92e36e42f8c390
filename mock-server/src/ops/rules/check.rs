//! Checks a request against the rules of its model's provider.

use super::input::RuleInput;
use super::list::{Rules, list};
use crate::state::catalogue::RuleSet;
use crate::wire::ApiError;
use crate::wire::rows::RowId;

/// What Converse writes before a provider's words.
const FRAME: &str = "The model returned the following errors: ";

/// Returns the refusal of the first rule that a Converse request breaks.
pub(in crate::ops) fn check_rules(input: &RuleInput<'_>) -> Result<(), ApiError> {
    check(list(input.family.rules).converse, input)
}

/// Returns the refusal of the first rule that an InvokeModel body breaks.
pub(in crate::ops) fn check_body_rules(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let rules = list(input.family.rules);
    check(rules.body, input)?;
    check(rules.shared, input).map_err(|refusal| bare(&refusal, rules.words))
}

/// Returns the refusal of the first broken rule that a stream reports as its only event; a unary answer
/// reports it as any other.
pub(in crate::ops) fn broken_in_stream(input: &RuleInput<'_>) -> Option<ApiError> {
    check(list(input.family.rules).in_stream, input).err()
}

/// Returns a refusal of Converse as InvokeModel writes it: the service's own words stay, a provider's
/// appear without the frame.
pub(in crate::ops) fn unframed(refusal: ApiError, set: RuleSet) -> ApiError {
    match refusal.message().starts_with(FRAME) {
        true => bare(&refusal, list(set).words),
        false => refusal,
    }
}

fn check(rules: Rules, input: &RuleInput<'_>) -> Result<(), ApiError> {
    let mut all = rules.iter().copied().flatten();
    all.try_for_each(|rule| rule(input))
}

/// Returns the provider's words without the frame, under a row that says how certain they are on
/// InvokeModel.
fn bare(refusal: &ApiError, row: RowId) -> ApiError {
    let words = refusal.message();
    let words = words.strip_prefix(FRAME).unwrap_or(&words);
    ApiError::row(row)
        .with("text", words)
        .hint(refusal.source_row().id)
}
