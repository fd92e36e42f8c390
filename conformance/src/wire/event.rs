//! Events of a stream, whatever carried them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::frames::{Frame, HeaderValue, decode};

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Event or exception.
    pub kind: EventKind,
    /// What is wrong with its frame's headers.
    pub wrong_headers: Option<String>,
    /// Its payload, if that is JSON.
    pub body: Option<Value>,
    /// The offset of its last byte in the body.
    pub end: usize,
    /// When that byte was there, from the request's last byte.
    pub at: Duration,
}

/// What an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A modelled event.
    Event,
    /// A modelled exception.
    Exception,
}

/// The events of a stream, and whether all its bytes could be read.
#[derive(Debug, Clone)]
pub enum Framed {
    /// All.
    Whole(Vec<Event>),
    /// Some, then bytes that are none; why.
    Broken(Vec<Event>, String),
}

impl Framed {
    /// The events that could be read.
    pub fn events(&self) -> &[Event] {
        match self {
            Self::Whole(events) | Self::Broken(events, _) => events,
        }
    }
}

/// Reads frames; `at` tells when the byte at an offset had come.
pub(super) fn from_frames(body: &[u8], at: impl Fn(usize) -> Duration) -> Framed {
    let mut events = Vec::new();
    let mut offset = 0;
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

/// The service's own frames have these three string headers, in this order, and no others.
fn event(frame: &Frame, end: usize, at: Duration) -> Event {
    let strings: Vec<(&str, &str)> = frame
        .headers
        .iter()
        .filter_map(|(name, value)| match value {
            HeaderValue::String(value) => Some((name.as_str(), value.as_str())),
            _ => None,
        })
        .collect();
    let (name, kind, wrong) = match strings[..] {
        [
            (":event-type", name),
            (":content-type", "application/json"),
            (":message-type", "event"),
        ] if frame.headers.len() == 3 => (name, EventKind::Event, None),
        [
            (":exception-type", name),
            (":content-type", "application/json"),
            (":message-type", "exception"),
        ] if frame.headers.len() == 3 => (name, EventKind::Exception, None),
        _ => {
            let named = |wanted: &str| {
                strings
                    .iter()
                    .find(|(name, _)| *name == wanted)
                    .map(|(_, value)| *value)
            };
            let (name, kind) = match (named(":event-type"), named(":exception-type")) {
                (Some(name), _) => (name, EventKind::Event),
                (None, Some(name)) => (name, EventKind::Exception),
                (None, None) => ("unnamed", EventKind::Event),
            };
            (name, kind, Some(format!("{:?}", frame.headers)))
        }
    };
    Event {
        name: name.to_owned(),
        kind,
        wrong_headers: wrong,
        body: serde_json::from_slice(&frame.payload).ok(),
        end,
        at,
    }
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

/// `type` where providers name their events by it, else the first member.
pub(super) fn provider_name(body: &Value) -> String {
    let named = body["type"].as_str().map(str::to_owned);
    named
        .or_else(|| body.as_object()?.keys().next().cloned())
        .unwrap_or_else(|| "unnamed".to_owned())
}
