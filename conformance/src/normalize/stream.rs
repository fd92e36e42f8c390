//! Streams: events in order, runs of one kind told by their first and last one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{Tokens, values};
use crate::wire::{Event, EventKind, Exchange, Framed, View};

/// The events of an exchange: each an object of its name and its payload. What is inside chunks of
/// InvokeModel is read too.
pub(super) fn events(exchange: &Exchange) -> Value {
    let framed = exchange.events(View::Events);
    let mut out: Vec<Value> = framed.events().iter().map(event).collect();
    if let Framed::Broken(_, fault) = &framed {
        out.push(json!({ "<broken>": fault }));
    }
    Value::Array(out)
}

fn event(event: &Event) -> Value {
    let mut payload = event.body.clone().unwrap_or_default();
    if let Some(bytes) = payload.get_mut("bytes") {
        let decoded = bytes.as_str().and_then(|text| STANDARD.decode(text).ok());
        let inside = decoded.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        *bytes = inside.unwrap_or_else(|| bytes.take());
    }
    let name = match event.kind {
        EventKind::Event => event.name.clone(),
        EventKind::Exception => format!("exception {}", event.name),
    };
    Value::Object(Map::from_iter([(name, payload)]))
}

/// Forms of events; two neighbours of one form are one with a `+`.
pub(super) fn normalise(events: &Value, tokens: &mut Tokens) -> Value {
    let mut out: Vec<(String, Value)> = Vec::new();
    for event in events.as_array().into_iter().flatten() {
        let Some((name, payload)) = event.as_object().and_then(|event| event.iter().next()) else {
            continue;
        };
        let form = values::normalise(payload, tokens);
        let bare = name.trim_end_matches('+');
        match out.last_mut() {
            Some((last, known)) if last.trim_end_matches('+') == bare && *known == form => {
                *last = format!("{bare}+");
            }
            _ => out.push((name.clone(), form)),
        }
    }
    out.into_iter()
        .map(|(name, form)| json!({ name: form }))
        .collect()
}
