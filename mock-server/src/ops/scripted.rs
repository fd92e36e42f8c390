//! Where scenarios apply: after routing, authentication and validation, before the mock's own answer. A request that the service would refuse is refused whatever a scenario says.

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

/// What a scenario gives a call.
pub(super) enum Scripted {
    /// Nothing: the mock makes its own answer.
    Default,
    /// The reply of the model.
    Reply(Reply),
    /// The answer.
    Raw(Answer),
}

impl Call<'_> {
    /// Returns the scenario's answer to a call of an operation that does not infer.
    pub(super) fn scripted_answer(&self) -> Result<Option<Answer>, ApiError> {
        // Inference looks for a scenario itself, once model and conversation are known.
        if self.operation.known.is_some_and(|known| known.infers) || self.app.scenarios.is_empty() {
            return Ok(None);
        }
        let named = self.input.text("modelId");
        let resolved = named.and_then(|id| self.resolve(id).ok());
        let resolved = resolved.map(|r| (r.id, r.family));
        // CountTokens accepts base ids also where inference needs a profile.
        let base = || {
            let model = self.app.catalogue.model(named?)?;
            Some((model.id.clone(), self.app.catalogue.family(&model.id)?))
        };
        let model = resolved.or_else(base);
        let model = model.as_ref().map(|(id, family)| (id.as_str(), *family));
        match self.match_scenarios(model, None, false)? {
            Scripted::Raw(answer) => Ok(Some(answer)),
            Scripted::Default | Scripted::Reply(_) => Ok(None),
        }
    }

    /// Returns what a scenario gives a call that infers. `conversation` is `None` for models that hold
    /// none.
    pub(super) fn scripted(
        &self,
        resolved: &Resolved<'_>,
        conversation: Option<&Conversation>,
    ) -> Result<Scripted, ApiError> {
        let refuses = self.app.config.unmatched == Unmatched::Refuse;
        let model = (resolved.id.as_str(), resolved.family);
        self.match_scenarios(Some(model), conversation, refuses)
    }

    fn match_scenarios(
        &self,
        model: Option<(&str, &Family)>,
        conversation: Option<&Conversation>,
        refuses: bool,
    ) -> Result<Scripted, ApiError> {
        if self.app.scenarios.is_empty() && !refuses {
            return Ok(Scripted::Default);
        }
        // A form has no pointers; its content is in the members that were bound.
        let body = match self.model.protocol {
            Protocol::Query => Value::Object(self.input.members.clone()),
            Protocol::RestJson => serde_json::from_slice(&self.request.body).unwrap_or_default(),
        };
        // Tokens and answer still come from the conversation in the family's own form.
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
            Outcome::Play { entry, step } => self.apply(&subject, conversation, &entry, step),
            Outcome::Miss | Outcome::Exhausted(_) if !refuses => Ok(Scripted::Default),
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

    fn apply(
        &self,
        subject: &Subject<'_>,
        conversation: Option<&Conversation>,
        entry: &Arc<Entry>,
        at: usize,
    ) -> Result<Scripted, ApiError> {
        let Some(step) = entry.step(at) else {
            return Ok(Scripted::Default);
        };
        self.notes.scenario(&entry.scenario.name, at);
        // As with fault rules, no fault applies after one that ends the exchange.
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
        // Also for a refusal: earlier faults of the list, such as a delay, apply too.
        self.staged.replace(Staged {
            delivery,
            raw,
            hint: None,
        });
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        Ok(match &step.what {
            What::Default => Scripted::Default,
            What::Raw(raw) => {
                let mut answer = raw_answer(self, raw);
                answer.hint = Some(format!("raw answer of scenario {:?}", entry.scenario.name));
                Scripted::Raw(answer)
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
                set_stop_sequence(&mut reply, conversation);
                Scripted::Reply(reply)
            }
        })
    }

    /// Sets the seeds of ids and the token counts that the script leaves open.
    fn count(&self, reply: &mut Reply, conversation: Option<&Conversation>) {
        let mut seed = self.request.seed();
        for block in &mut reply.blocks {
            seed = seed.wrapping_add(0x9e37_79b9);
            block.reseed(seed);
        }
        let said = |name: &str| reply.scripted.as_ref()?.usage.as_ref()?.get(name)?.as_u64();
        let counted = conversation.map(tokens::input).unwrap_or_default();
        reply.usage.input = said("inputTokens").unwrap_or(counted);
        reply.usage.output = said("outputTokens").unwrap_or_else(|| tokens::output(&reply.blocks));
        reply.usage.cache_read = said("cacheReadInputTokens").unwrap_or_default();
        reply.usage.cache_write = said("cacheWriteInputTokens").unwrap_or_default();
        let details = reply
            .scripted
            .as_ref()
            .and_then(|s| s.usage.as_ref()?.get("cacheDetails"));
        let hours = details.and_then(Value::as_array).into_iter().flatten();
        let hours = hours.filter(|d| d.get("ttl").is_some_and(|ttl| ttl == "1h"));
        let hours = hours.filter_map(|d| d.get("inputTokens")?.as_u64());
        let hours = hours.fold(0, u64::saturating_add);
        reply.usage.cache_write_hour = hours.min(reply.usage.cache_write);
    }
}

/// Sets the stop sequence that ended a reply. Converse's stop reason does not name it; Claude's own body
/// does, and a recorded answer has it among the additional fields. Otherwise it is the request's first.
fn set_stop_sequence(reply: &mut Reply, conversation: Option<&Conversation>) {
    let said = reply.scripted.as_ref().and_then(|s| s.additional.as_ref());
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
