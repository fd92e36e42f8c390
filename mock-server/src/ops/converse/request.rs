//! What Converse and ConverseStream share: the model, the request as a neutral conversation, its rules
//! and its reply.

use serde::Serialize;
use serde_json::Value;

use super::prompt::{Effective, effective};
use crate::behaviour::{Conversation, Reply};
use crate::conversation::{ConversationView, from_converse};
use crate::json::Json as _;
use crate::ops::Call;
use crate::ops::context_window;
use crate::ops::inference::{Handled, admitted, reply, rule_input};
use crate::ops::prompt_cache::count_cached;
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
    /// Updates the prompt cache and the counts that come from it, once it is certain that the answer is given.
    pub(super) fn count_cached(&mut self, call: &Call<'_>) -> Result<(), ApiError> {
        count_cached(call, &self.resolved.id, &self.conversation, &mut self.reply)
    }

    /// Returns the members that the service repeats if the request has them (recorded for
    /// `performanceConfig`), or that a script gives.
    pub(super) fn echoed<'e>(&'e self, call: &Call<'e>) -> Echoed<'e> {
        let scripted = self.reply.scripted.as_deref();
        let sent = |name: &str| call.input.members.member(name);
        let performance = scripted.and_then(|s| s.performance.as_ref());
        let tier = scripted.and_then(|s| s.tier.as_ref());
        Echoed {
            performance_config: performance.or_else(|| sent("performanceConfig")),
            service_tier: tier.or_else(|| sent("serviceTier")),
            trace: scripted.and_then(|s| s.trace.as_ref()),
        }
    }
}

/// Members that answers repeat.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Echoed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    performance_config: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'a Value>,
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
