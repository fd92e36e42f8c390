//! An operation's answer as a stream of events, each held against the service model where the
//! self-check is on.

use serde_json::Value;

use super::Call;
use crate::model::check;
use crate::wire::answer::{Answer, Content, Framing};
use crate::wire::{Event, Events};

/// The events of a call as the service frames them.
pub(super) fn stream(
    call: &Call<'_>,
    source: impl Iterator<Item = Event> + Send + 'static,
) -> Answer {
    exact(call, checked(call, source))
}

/// Likewise, whatever the service model says of the events.
pub(super) fn exact(
    call: &Call<'_>,
    source: impl Iterator<Item = Event> + Send + 'static,
) -> Answer {
    let member = call.model.event_stream(call.operation);
    let shapes: Vec<(String, _)> = member
        .map(|m| {
            let events = call.model.members(m.shape).iter();
            events.map(|e| (e.name.to_string(), e.shape)).collect()
        })
        .unwrap_or_default();
    let events = Events {
        source: Box::new(source),
        shape: Box::new(move |name| {
            shapes
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, shape)| *shape)
        }),
        model: call.model_index,
        seed: call.request.seed(),
    };
    Answer {
        status: 200,
        content_type: Some("application/vnd.amazon.eventstream".into()),
        headers: Vec::new(),
        content: Content::Events {
            events,
            framing: Framing::EventStream,
        },
        hint: None,
    }
}

/// Holds every event against the service model where the self-check is on.
fn checked(
    call: &Call<'_>,
    source: impl Iterator<Item = Event> + Send + 'static,
) -> Box<dyn Iterator<Item = Event> + Send> {
    if !call.app.self_check.enabled() {
        return Box::new(source);
    }
    let (app, model, operation) = (
        std::sync::Arc::clone(call.app),
        call.model_index,
        call.operation.name.to_string(),
    );
    Box::new(source.inspect(move |event| {
        let model = &app.models[model];
        let Some(shape) = model.operation(&operation) else {
            return;
        };
        let payload: &Value = &event.payload;
        app.self_check
            .note(&operation, check::event(model, shape, &event.name, payload));
    }))
}
