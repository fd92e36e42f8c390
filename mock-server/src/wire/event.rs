//! Events of an answer that streams.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;

use serde_json::Value;

use crate::model::ShapeId;

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its name in the model, for example `contentBlockDelta`.
    pub name: Cow<'static, str>,
    /// Its payload by the model's member names, without padding.
    pub payload: Value,
    /// Its payload as bytes that leave as they are, in place of `payload`.
    pub exact: Option<Bytes>,
    /// It is a modelled exception, which ends the stream.
    pub exception: bool,
    /// It leaves as it is, without the padding that events get.
    pub bare: bool,
    /// How long to wait before it is sent.
    pub after: Duration,
}

impl Event {
    /// An ordinary event, sent at once.
    pub fn new(name: impl Into<Cow<'static, str>>, payload: Value) -> Self {
        Self {
            name: name.into(),
            payload,
            exact: None,
            exception: false,
            bare: false,
            after: Duration::ZERO,
        }
    }
}

/// Finds the shape of an event by its name.
pub type ShapeOf = Box<dyn Fn(&str) -> Option<ShapeId> + Send>;

/// Makes events.
pub type Source = Box<dyn Iterator<Item = Event> + Send>;

/// A source of events, which are made one at a time while the client takes them.
pub struct Events {
    /// Makes the next event.
    pub source: Source,
    /// Shape of an event by its name, so that payloads are written in the service's order.
    pub shape: ShapeOf,
    /// Index of the model that the shapes belong to.
    pub model: usize,
    /// Seed of the padding's lengths.
    pub seed: u64,
}
