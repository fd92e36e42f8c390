//! What Converse and ConverseStream share: the model, the request as a neutral conversation, its rules
//! and its reply.

use serde_json::Value;

use super::prompt::{Effective, effective};
use crate::behaviour::{Conversation, Reply};
use crate::conversation::{ConversationView, from_converse};
use crate::ops::Call;
use crate::ops::context_window;
use crate::ops::inference::{Handled, admitted, reply, rule_input};
use crate::ops::prompt_cache::settle;
use crate::ops::rules::{broken_in_stream, check_rules};
use crate::providers::converses;
use crate::state::catalogue::ModelEntry;
use crate::state::resolve::Resolved;
use crate::wire::{ApiError, rows};

/// A conversation with its answer, before it is written.
pub(super) struct Answered<'a> {
    pub(super) resolved: Resolved<'a>,
    pub(super) conversation: Conversation,
    pub(super) reply: Reply,
    /// The refusal that a stream reports as its only event.
    pub(super) refusal: Option<ApiError>,
}

/// Resolves the model, reads the conversation, checks its rules and answers it.
pub(super) fn answer<'a>(call: &Call<'a>) -> Result<Handled<Box<Answered<'a>>>, ApiError> {
    let (resolved, conversation, refusal) = accepted(call)?;
    Ok(match reply(call, &resolved, &conversation)? {
        Handled::Answer(answer) => Handled::Answer(answer),
        Handled::Content(reply) => Handled::Content(Box::new(Answered {
            resolved,
            conversation,
            reply,
            refusal,
        })),
    })
}

impl Answered<'_> {
    /// Called once it is certain that the answer will be given.
    pub(super) fn settle(&mut self, call: &Call<'_>) -> Result<(), ApiError> {
        settle(call, &self.resolved.id, &self.conversation, &mut self.reply)
    }

    /// Members that the service repeats, only when asked for (recorded for `performanceConfig`), or
    /// that a script says.
    pub(super) fn echoed(&self, call: &Call<'_>) -> Vec<(&'static str, Value)> {
        let said = self.reply.scripted.as_deref();
        let asked = |name: &str| call.input.members.get(name).cloned();
        [
            (
                "performanceConfig",
                said.and_then(|s| s.performance.clone()),
            ),
            ("serviceTier", said.and_then(|s| s.tier.clone())),
            ("trace", said.and_then(|s| s.trace.clone())),
        ]
        .into_iter()
        .filter_map(|(name, said)| {
            let asked = || asked(name).filter(|_| name != "trace");
            Some((name, said.or_else(asked)?))
        })
        .collect()
    }
}

/// The model, the conversation, and the refusal that a stream reports as its only event.
type Accepted<'a> = (Resolved<'a>, Conversation, Option<ApiError>);

fn accepted<'a>(call: &Call<'a>) -> Result<Accepted<'a>, ApiError> {
    let Effective { model, input } = effective(call)?;
    let resolved = admitted(call, model)?;
    let writes_text = |e: &ModelEntry| e.output.iter().any(|o| o == "TEXT");
    if !converses(&resolved.id) || !resolved.entry.is_none_or(writes_text) {
        return Err(ApiError::row(rows::runtime::NO_CONVERSE));
    }
    let view = from_converse(&*input);
    let rule_input = rule_input(call, &view, &resolved);
    check_rules(&rule_input)?;
    let conversation = read(&view)?;
    let too_long = rows::runtime::INPUT_TOO_LONG_CONVERSE;
    context_window::fits(call, &resolved.id, &conversation, view.additional, too_long)?;
    match broken_in_stream(&rule_input) {
        Some(refusal) if !rule_input.stream => Err(refusal),
        refusal => Ok((resolved, conversation, refusal)),
    }
}

/// Returns the neutral conversation of a request that breaks no rule.
pub(in crate::ops) fn read(view: &ConversationView<'_>) -> Result<Conversation, ApiError> {
    let missing =
        || ApiError::row(rows::runtime::MESSAGES_MISSING).hint("the body has no messages");
    view.neutral().ok_or_else(missing)
}
