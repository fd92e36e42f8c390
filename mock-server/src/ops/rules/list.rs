//! The form of a provider's rules.

use super::input::RuleInput;
use super::{anthropic, any, nova};
use crate::state::catalogue::RuleSet;
use crate::wire::ApiError;
use crate::wire::rows::RowId;

/// A rule: the refusal of a request that breaks it.
pub(super) type Rule = fn(&RuleInput<'_>) -> Result<(), ApiError>;

/// Rules in the order in which they are checked, in groups that providers share.
pub(super) type Rules = &'static [&'static [Rule]];

/// The rules of a provider.
pub(super) struct RuleList {
    /// Rules of Converse, ConverseStream and CountTokens.
    pub(super) converse: Rules,
    /// Rules of InvokeModel bodies whose refusals have rows of their own.
    pub(super) body: Rules,
    /// Rules of InvokeModel bodies whose refusals are Converse's; the provider's words appear without
    /// Converse's frame. A body that the provider accepts must pass, so only rules that are known to be
    /// the provider's own are here.
    pub(super) shared: Rules,
    /// Rules whose refusals a stream reports as its only event, after it was answered with 200.
    pub(super) in_stream: Rules,
    /// The row under which InvokeModel reports the provider's words.
    pub(super) words: RowId,
}

/// Returns the rules of a provider.
pub(super) fn list(set: RuleSet) -> &'static RuleList {
    match set {
        RuleSet::Any => &any::RULES,
        RuleSet::Anthropic => &anthropic::RULES,
        RuleSet::Nova => &nova::RULES,
    }
}
