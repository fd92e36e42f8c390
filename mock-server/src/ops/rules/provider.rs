//! What providers say of their own bodies, which InvokeModel hands to them as they are: the same
//! rules, without those that are Converse's own, and the same words, without the frame that Converse
//! puts around them.
//!
//! A request that a provider takes must pass, so only what is known of the provider itself is asked.

use serde_json::Value;

use super::{
    PROVIDER, Rule, RuleInput, capabilities, images, provider_tools, roles, tool_turns, tools,
};
use crate::json::Json as _;
use crate::providers::Judge;
use crate::state::catalogue::Capability;
use crate::wire::ApiError;
use crate::wire::rows::{self, RowId};

/// What Converse says before a provider's words.
const FRAME: &str = "The model returned the following errors: ";

/// What Anthropic says that Converse says in its own words, or sees before Anthropic does.
const ANTHROPIC: &[Rule] = &[
    tool_turns::tool_blocks_have_their_role,
    provider_tools::uses_are_answered,
    tools::the_chosen_tool_exists,
    images::size,
];

/// What is taken to be Nova's: its bodies have Converse's shapes.
const NOVA: &[Rule] = &[capabilities::content, pairs];

/// The first rule of Anthropic's that a Messages body breaks; the case holds it as Converse would
/// say it.
pub(in crate::ops) fn anthropic(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let all = ANTHROPIC.iter().chain(PROVIDER);
    all.into_iter()
        .try_for_each(|rule| rule(case))
        .map_err(|refusal| bare(&refusal, rows::runtime::PROVIDER_TEXT))
}

/// The first rule of Nova's that a body breaks.
pub(in crate::ops) fn nova(case: &RuleInput<'_>) -> Result<(), ApiError> {
    NOVA.iter()
        .try_for_each(|rule| rule(case))
        .map_err(|refusal| of_nova(&refusal))
}

/// A refusal that both operations know, as InvokeModel says it: the service's own words stay, a
/// provider's stand alone.
pub(in crate::ops) fn unframed(refusal: ApiError, judge: Option<Judge>) -> ApiError {
    match (refusal.message().starts_with(FRAME), judge) {
        (false, _) => refusal,
        (true, Some(Judge::Nova)) => of_nova(&refusal),
        (true, _) => bare(&refusal, rows::runtime::PROVIDER_TEXT),
    }
}

/// A refusal of Converse's as InvokeModel of Nova says it.
pub(in crate::ops) fn of_nova(refusal: &ApiError) -> ApiError {
    bare(refusal, rows::runtime::NOVA_PROVIDER_TEXT)
}

/// `output_config` of an Anthropic body, for models that do not know it, or no effort in it.
pub(in crate::ops) fn output_config(
    case: &RuleInput<'_>,
    config: Option<&Value>,
) -> Result<(), ApiError> {
    let Some(config) = config else {
        return Ok(());
    };
    if case.refuses(Capability::OutputConfig) {
        let what = "#: extraneous key [output_config] is not permitted";
        return Err(ApiError::row(rows::runtime::MALFORMED).with("what", what));
    }
    let effort = config.member("effort").is_some_and(|e| !e.is_null());
    super::refuse_if(
        effort && case.refuses(Capability::Effort),
        rows::runtime::CLAUDE_EFFORT,
    )
}

/// Uses and results fit. Whether Nova takes two messages of one role in a row is not known; such
/// conversations pass.
fn pairs(case: &RuleInput<'_>) -> Result<(), ApiError> {
    match roles::roles_alternate(case) {
        Ok(()) => tool_turns::results_fit_uses(case),
        Err(_) => Ok(()),
    }
}

/// The provider's words alone, under a row that says how sure they are on InvokeModel.
fn bare(refusal: &ApiError, row: RowId) -> ApiError {
    let words = refusal.message();
    let words = words.strip_prefix(FRAME).unwrap_or(&words);
    ApiError::row(row)
        .with("text", words)
        .hint(refusal.source_row().id)
}
