//! ConverseStream: the same answer, told as events.
//!
//! `messageStart (contentBlockDelta+ contentBlockStop)+ messageStop metadata`: a text block has no
//! start event, and metadata comes last (108 of 108 recorded streams).

use serde_json::{Value, json};

use super::Call;
use super::converse_request::{read, usage};
use crate::behaviour::{Delta, deltas, reply};
use crate::model::check;
use crate::wire::answer::{Answer, Content, Framing};
use crate::wire::{ApiError, Event, Events, sse};

pub(super) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
    let (resolved, conversation) = read(call)?;
    let reply = reply(&conversation, &resolved.id);
    let stop = json!({ "stopReason": reply.stop.converse() });
    let mut metadata = json!({
        "metrics": { "latencyMs": reply.latency_ms },
        "usage": usage(resolved.family.usage, reply.usage, conversation.cache_point, true),
    });
    for echoed in ["performanceConfig", "serviceTier"] {
        if let Some(value) = call.input.members.get(echoed) {
            metadata[echoed] = value.clone();
        }
    }
    let events = std::iter::once(Event::new("messageStart", json!({ "role": "assistant" })))
        .chain(deltas(reply).map(event))
        .chain([
            Event::new("messageStop", stop),
            Event::new("metadata", metadata),
        ]);
    Ok(stream(call, events))
}

fn event(delta: Delta) -> Event {
    match delta {
        Delta::Text { block, text } => Event::new(
            "contentBlockDelta",
            json!({ "contentBlockIndex": block, "delta": { "text": text } }),
        ),
        Delta::Stop { block } => {
            Event::new("contentBlockStop", json!({ "contentBlockIndex": block }))
        }
    }
}

fn stream(call: &Call<'_>, source: impl Iterator<Item = Event> + Send + 'static) -> Answer {
    let member = call.model.event_stream(call.operation);
    let shapes: Vec<(String, _)> = member
        .map(|m| {
            call.model
                .members(m.shape)
                .iter()
                .map(|e| (e.name.to_string(), e.shape))
                .collect()
        })
        .unwrap_or_default();
    let events = Events {
        source: checked(call, source),
        shape: Box::new(move |name| {
            shapes
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, shape)| *shape)
        }),
        model: call.model_index,
        seed: call.request.seed(),
    };
    // Only this exact value: SDKs send the binary type or nothing, curl and requests send */*.
    let wants_sse = call.request.header("accept") == Some("text/event-stream");
    if wants_sse && call.app.switch("converse-stream-sse") {
        return Answer {
            status: 200,
            content_type: Some("text/event-stream"),
            headers: vec![(sse::MARK.0, sse::MARK.1.to_owned())],
            content: Content::Events {
                events,
                framing: Framing::Sse,
            },
            hint: None,
        };
    }
    Answer {
        status: 200,
        content_type: Some("application/vnd.amazon.eventstream"),
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
            .note(&operation, check::event(model, shape, event.name, payload));
    }))
}
