//! Where scenarios come in: behind routing, authentication and validation, before the mock's own
//! answer. A request that the service would refuse is refused whatever a scenario says.

use std::sync::Arc;

use serde_json::Value;

use super::Call;
use super::stream::exact;
use crate::behaviour::{Conversation, Reply, tokens};
use crate::config::Unmatched;
use crate::scenarios::entry::Entry;
use crate::scenarios::raw::{Raw, RawContent};
use crate::scenarios::{Outcome, Subject, What, template};
use crate::state::resolve::Resolved;
use crate::wire::{Answer, ApiError, Event};

/// What a scenario says to a call.
pub(super) enum Played {
    /// Nothing: the mock answers by itself.
    Default,
    /// This is what the model says.
    Reply(Reply),
    /// This is the answer.
    Raw(Answer),
}

/// Operations that look for a scenario themselves, once they know model and conversation.
const LATER: &[&str] = &[
    "Converse",
    "ConverseStream",
    "InvokeModel",
    "InvokeModelWithResponseStream",
];

impl Call<'_> {
    /// The scenario's answer to a call of an operation that holds no conversation.
    pub(super) fn play_any(&self) -> Result<Option<Answer>, ApiError> {
        if LATER.contains(&&*self.operation.name) {
            return Ok(None);
        }
        match self.play(None, None)? {
            Played::Raw(answer) => Ok(Some(answer)),
            Played::Default | Played::Reply(_) => Ok(None),
        }
    }

    /// Asks the scenarios. `conversation` is what the request says, where it says anything.
    pub(super) fn play(
        &self,
        resolved: Option<&Resolved<'_>>,
        conversation: Option<&Conversation>,
    ) -> Result<Played, ApiError> {
        let refuses = self.app.config.unmatched == Unmatched::Refuse && resolved.is_some();
        if self.app.scenarios.is_empty() && !refuses {
            return Ok(Played::Default);
        }
        let body = serde_json::from_slice(&self.request.body).unwrap_or(Value::Null);
        let subject = Subject {
            operation: &self.operation.name,
            account: &self.principal.account,
            model_sent: self.input.text("modelId"),
            model: resolved.map(|r| r.id.as_str()),
            family: resolved.map(|r| r.family.family.as_str()),
            conversation,
            body: &body,
            headers: &self.request.headers,
            stream: self.model.event_stream(self.operation).is_some(),
        };
        match self.app.scenarios.play(&subject) {
            Outcome::Play { entry, step } => Ok(self.act(&subject, &entry, step)),
            Outcome::Miss | Outcome::Exhausted(_) if !refuses => Ok(Played::Default),
            Outcome::Miss => {
                let nearest = self.app.scenarios.nearest(&subject);
                let nearest = match nearest.is_empty() {
                    true => "There are none.".to_owned(),
                    false => format!("Nearest: {}.", nearest.join("; ")),
                };
                Err(ApiError::row("front-door.no-scenario")
                    .with("operation", &self.operation.name)
                    .with("nearest", &nearest))
            }
            Outcome::Exhausted(names) => Err(ApiError::row("front-door.scenarios-exhausted")
                .with("operation", &self.operation.name)
                .with("names", &names.join(", "))),
        }
    }

    fn act(&self, subject: &Subject<'_>, entry: &Arc<Entry>, at: usize) -> Played {
        let Some(step) = entry.step(at) else {
            return Played::Default;
        };
        match &step.what {
            What::Default => Played::Default,
            What::Raw(raw) => Played::Raw(raw_answer(self, raw)),
            // Embeddings, pictures and control-plane answers hold no reply of a model.
            What::Reply { .. } if subject.conversation.is_none() => Played::Default,
            What::Reply { reply, templates } => {
                let mut reply = Reply::clone(reply);
                if *templates {
                    template::fill(&mut reply, subject);
                }
                self.count(&mut reply, subject.conversation);
                Played::Reply(reply)
            }
        }
    }

    /// Seeds of ids and token counts, for whatever the script leaves open.
    fn count(&self, reply: &mut Reply, conversation: Option<&Conversation>) {
        let mut seed = self.request.seed();
        for block in &mut reply.blocks {
            seed = seed.wrapping_add(0x9e37_79b9);
            block.reseed(seed);
        }
        let said = |name: &str| reply.said.as_ref()?.usage.as_ref()?.get(name)?.as_u64();
        let counted = conversation.map(tokens::input).unwrap_or_default();
        reply.usage.input = said("inputTokens").unwrap_or(counted);
        reply.usage.output = said("outputTokens").unwrap_or_else(|| tokens::output(&reply.blocks));
        reply.usage.cache_read = said("cacheReadInputTokens").unwrap_or_default();
        reply.usage.cache_write = said("cacheWriteInputTokens").unwrap_or_default();
    }
}

fn raw_answer(call: &Call<'_>, raw: &Raw) -> Answer {
    let mut answer = match &raw.content {
        RawContent::Body(bytes) => Answer::json(raw.status, bytes.clone()),
        RawContent::Events(events) => {
            let events = events.clone().into_iter();
            exact(
                call,
                events.map(|event| Event {
                    exact: Some(event.payload),
                    exception: event.exception,
                    ..Event::new(event.name, Value::Null)
                }),
            )
        }
    };
    answer.status = raw.status;
    for (name, value) in &raw.headers {
        match name.eq_ignore_ascii_case("content-type") {
            true => answer.content_type = Some(value.clone().into()),
            false => answer.headers.push((name.clone().into(), value.clone())),
        }
    }
    answer
}
