//! Events of a stream, whatever carried them.

use std::time::Duration;

use serde_json::Value;

/// Which events of a stream are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The service's events, from frames.
    Events,
    /// The provider's events inside `chunk` events: named by `type`, else by their first member.
    Chunks,
    /// Server-sent events: named by their only member; `[DONE]` is an event of that name.
    Sse,
}

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

/// `type` where providers name their events by it, else the first member.
pub(super) fn provider_name(body: &Value) -> String {
    let named = body["type"].as_str().map(str::to_owned);
    named
        .or_else(|| body.as_object()?.keys().next().cloned())
        .unwrap_or_else(|| "unnamed".to_owned())
}
