//! Where scenarios come in: behind routing, authentication and validation, before the mock's own
//! answer. A request that the service would refuse is refused whatever a scenario says.

use std::sync::Arc;

use serde_json::Value;

use super::stream::exact;
use super::{Call, Staged};
use crate::behaviour::{Conversation, Reply, StopReason, tokens};
use crate::config::Unmatched;
use crate::faults;
use crate::model::Protocol;
use crate::scenarios::loaded::Entry;
use crate::scenarios::raw::{Raw, RawContent};
use crate::scenarios::request_view::Found;
use crate::scenarios::{Outcome, Subject, What, chat_markup, template};
use crate::state::catalogue::Family;
use crate::state::resolve::Resolved;
use crate::wire::rows;
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

impl Call<'_> {
    /// The scenario's answer to a call of an operation that holds no conversation.
    pub(super) fn play_any(&self) -> Result<Option<Answer>, ApiError> {
        // These look for a scenario themselves, once they know model and conversation.
        if self.operation.known.is_some_and(|known| known.infers) || self.app.scenarios.is_empty() {
            return Ok(None);
        }
        let named = self.input.text("modelId");
        let resolved = named.and_then(|id| self.resolve(id).ok());
        let resolved = resolved.map(|r| (r.id, r.family));
        // CountTokens takes base ids also where inference needs a profile.
        let base = || {
            let model = self.app.catalogue.model(named?)?;
            Some((model.id.clone(), self.app.catalogue.family(&model.id)?))
        };
        let model = resolved.or_else(base);
        let model = model.as_ref().map(|(id, family)| (id.as_str(), *family));
        match self.ask(model, None, false)? {
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
        let refuses = self.app.config.unmatched == Unmatched::Refuse;
        let model = resolved.map(|r| (r.id.as_str(), r.family));
        self.ask(model, conversation, refuses)
    }

    fn ask(
        &self,
        model: Option<(&str, &Family)>,
        conversation: Option<&Conversation>,
        refuses: bool,
    ) -> Result<Played, ApiError> {
        if self.app.scenarios.is_empty() && !refuses {
            return Ok(Played::Default);
        }
        // A form has no pointers; what it says, it says in the members that were bound.
        let body = match self.model.protocol {
            Protocol::Query => Value::Object(self.input.members.clone()),
            Protocol::RestJson => serde_json::from_slice(&self.request.body).unwrap_or_default(),
        };
        // What is counted and answered stays the conversation as the family's form has it.
        let heard = conversation.and_then(|c| chat_markup::heard(c, &body));
        let subject = Subject {
            operation: &self.operation.name,
            account: &self.principal.account,
            model_sent: self.input.text("modelId"),
            model: model.map(|(id, _)| id),
            family: model.map(|(_, family)| family.family.as_str()),
            conversation: heard.as_ref().or(conversation),
            body: &body,
            headers: &self.request.headers,
            stream: self.streams(),
            found: Found::default(),
        };
        match self.app.scenarios.play(&subject) {
            Outcome::Play { entry, step } => self.act(&subject, conversation, &entry, step),
            Outcome::Miss | Outcome::Exhausted(_) if !refuses => Ok(Played::Default),
            Outcome::Miss => {
                let nearest = self.app.scenarios.nearest(&subject);
                let nearest = match nearest.is_empty() {
                    true => "There are none.".to_owned(),
                    false => format!("Nearest: {}.", nearest.join("; ")),
                };
                Err(ApiError::row(rows::front_door::NO_SCENARIO)
                    .with("operation", &self.operation.name)
                    .with("nearest", &nearest))
            }
            Outcome::Exhausted(names) => Err(ApiError::row(rows::front_door::SCENARIOS_EXHAUSTED)
                .with("operation", &self.operation.name)
                .with("names", &names.join(", "))),
        }
    }

    fn act(
        &self,
        subject: &Subject<'_>,
        conversation: Option<&Conversation>,
        entry: &Arc<Entry>,
        at: usize,
    ) -> Result<Played, ApiError> {
        let Some(step) = entry.step(at) else {
            return Ok(Played::Default);
        };
        self.notes.scenario(&entry.scenario.name, at);
        // As by rules, nothing is struck behind a fault behind which nothing can be seen.
        let mut delivery = step.delivery.clone();
        let last = delivery.faults.iter().position(faults::is_terminal);
        delivery
            .faults
            .truncate(last.map_or(usize::MAX, |at| at + 1));
        for fault in &delivery.faults {
            self.notes.fault(fault.kind());
        }
        let refusal = faults::refusal(&delivery.faults, &self.fault_context());
        let raw = matches!(step.what, What::Raw(_)) && refusal.is_none();
        // Also in front of a refusal: what comes before it in the list, such as a delay, acts too.
        self.staged.replace(Staged {
            delivery,
            raw,
            hint: None,
        });
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        Ok(match &step.what {
            What::Default => Played::Default,
            What::Raw(raw) => {
                let mut answer = raw_answer(self, raw);
                answer.hint = Some(format!("raw answer of scenario {:?}", entry.scenario.name));
                Played::Raw(answer)
            }
            What::Reply { reply, templates } => {
                let mut reply = Reply::clone(reply);
                if *templates && !template::fill(&mut reply, subject) {
                    self.staged.borrow_mut().hint = Some(format!(
                        "scenario {:?}: its templates quote more than {} bytes, the rest of them is left out",
                        entry.scenario.name,
                        template::MOST
                    ));
                }
                self.count(&mut reply, conversation);
                met(&mut reply, conversation);
                Played::Reply(reply)
            }
        })
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
        let details = reply
            .said
            .as_ref()
            .and_then(|s| s.usage.as_ref()?.get("cacheDetails"));
        let hours = details.and_then(Value::as_array).into_iter().flatten();
        let hours = hours.filter(|d| d.get("ttl").is_some_and(|ttl| ttl == "1h"));
        let hours = hours.filter_map(|d| d.get("inputTokens")?.as_u64());
        let hours = hours.fold(0, u64::saturating_add);
        reply.usage.cache_write_hour = hours.min(reply.usage.cache_write);
    }
}

/// Converse's word for a met stop sequence does not say which one. Claude's own does, and a recorded
/// answer holds it among the additional fields; else bodies that name it get the first of the request.
fn met(reply: &mut Reply, conversation: Option<&Conversation>) {
    let said = reply.said.as_ref().and_then(|s| s.additional.as_ref());
    let said = said.and_then(|fields| fields.get("stop_sequence")?.as_str());
    let said = said.map(str::to_owned);
    let first = || {
        conversation
            .and_then(|c| c.settings.stop_sequences.first())
            .cloned()
    };
    if let StopReason::StopSequence(sequence) = &mut reply.stop
        && let Some(met) = said.or_else(first)
    {
        *sequence = met;
    }
}

fn raw_answer(call: &Call<'_>, raw: &Raw) -> Answer {
    let mut answer = match &raw.content {
        RawContent::Body(bytes) => {
            let mut answer = Answer::json(raw.status, bytes.clone());
            if call.model.protocol == Protocol::Query {
                answer.content_type = Some("text/xml".into());
            }
            answer
        }
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
