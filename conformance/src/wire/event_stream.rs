//! Events from the frames of `application/vnd.amazon.eventstream`, and from the chunks inside them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::event::{Event, EventKind, Framed, provider_name};
use super::frames::{Frame, HeaderValue, decode};
use super::sse;

/// Reads frames; `at` tells when the byte at an offset had come.
pub(super) fn from_frames(body: &[u8], at: impl Fn(usize) -> Duration) -> Framed {
    let mut events = Vec::new();
    let mut offset = 0;
    if sse::looks_like(body) {
        return Framed::Broken(events, "server-sent events".to_owned());
    }
    while offset < body.len() {
        match decode(&body[offset..]) {
            Ok((frame, length)) => {
                offset += length;
                events.push(event(&frame, offset, at(offset)));
            }
            Err(error) => return Framed::Broken(events, format!("{error} (byte {offset})")),
        }
    }
    Framed::Whole(events)
}

/// What an event is by its headers: each is named by the first that it has of these.
fn event(frame: &Frame, end: usize, at: Duration) -> Event {
    let text = |wanted: &str| {
        frame.headers.iter().find_map(|(name, value)| match value {
            HeaderValue::String(value) if name == wanted => Some(value.as_str()),
            _ => None,
        })
    };
    let (name, kind) = match (text(EVENT), text(EXCEPTION)) {
        (Some(name), _) => (name, EventKind::Event),
        (None, Some(name)) => (name, EventKind::Exception),
        (None, None) => ("unnamed", EventKind::Event),
    };
    Event {
        name: name.to_owned(),
        kind,
        wrong_headers: wrong_headers(frame, kind),
        body: serde_json::from_slice(&frame.payload).ok(),
        end,
        at,
    }
}

const EVENT: &str = ":event-type";
const EXCEPTION: &str = ":exception-type";
const CONTENT: &str = ":content-type";
const MESSAGE: &str = ":message-type";

/// The service's own frames have three string headers, in this order, and no others. What is said of
/// those that have not is the same for every frame with the same fault.
fn wrong_headers(frame: &Frame, kind: EventKind) -> Option<String> {
    let (first, message) = match kind {
        EventKind::Event => (EVENT, "event"),
        EventKind::Exception => (EXCEPTION, "exception"),
    };
    let wanted = [
        (first, None),
        (CONTENT, Some("application/json")),
        (MESSAGE, Some(message)),
    ];
    let mut faults = Vec::new();
    for (name, expected) in wanted {
        let value = frame.headers.iter().find(|(there, _)| there == name);
        match (value.map(|(_, value)| value), expected) {
            (None, _) => faults.push(format!("there is no {name}")),
            (Some(HeaderValue::String(value)), Some(expected)) if value != expected => {
                faults.push(format!("{name} is {value}, not {expected}"));
            }
            (Some(HeaderValue::String(_)), _) => {}
            (Some(other), _) => faults.push(format!("{name} is {}, no string", other.kind())),
        }
    }
    for (name, _) in &frame.headers {
        if !wanted.iter().any(|(known, _)| known == name) {
            faults.push(format!("there is {name} too"));
        }
    }
    let names: Vec<&str> = frame
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    if faults.is_empty() && names != wanted.map(|(name, _)| name) {
        faults.push(format!("they come as {}", names.join(", ")));
    }
    (!faults.is_empty()).then(|| faults.join("; "))
}

/// The provider's events inside `chunk` events.
pub(super) fn from_chunks(framed: Framed) -> Framed {
    let (events, mut fault) = match framed {
        Framed::Whole(events) => (events, None),
        Framed::Broken(events, fault) => (events, Some(fault)),
    };
    let mut out = Vec::new();
    for event in events {
        if event.name != "chunk" {
            out.push(event);
            continue;
        }
        let inner = event
            .body
            .as_ref()
            .and_then(|body| body["bytes"].as_str())
            .and_then(|text| STANDARD.decode(text).ok())
            .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        match inner {
            Some(body) => out.push(Event {
                name: provider_name(&body),
                body: Some(body),
                ..event
            }),
            None => {
                fault = Some(format!("chunk {} holds no JSON in base64", out.len()));
                break;
            }
        }
    }
    match fault {
        None => Framed::Whole(out),
        Some(fault) => Framed::Broken(out, fault),
    }
}
