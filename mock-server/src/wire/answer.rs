//! An answer before it becomes HTTP.

use std::borrow::Cow;

use bytes::Bytes;

use super::event::Events;
/// Status, headers and content of an answer. The server adds what every answer carries: Date,
/// Connection, length or transfer coding, request id.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, if the answer has one.
    pub content_type: Option<Cow<'static, str>>,
    /// Headers behind `x-amzn-RequestId`, in the order in which they leave.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body.
    pub content: Content,
    /// Why the request was refused, or whose raw answer it is, for the access log.
    pub hint: Option<String>,
}

/// The body of an answer.
pub enum Content {
    /// A unary body.
    Bytes(Bytes),
    /// A stream of events, made one by one while they are sent.
    Events {
        /// The events.
        events: Events,
        /// How they are framed.
        framing: Framing,
    },
}

/// How events are framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// `application/vnd.amazon.eventstream`, what the service sends.
    EventStream,
    /// `text/event-stream`, an extension for the API-key guide's client.
    Sse,
}

impl Answer {
    /// Returns a JSON answer.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type: Some("application/json".into()),
            headers: Vec::new(),
            content: Content::Bytes(body.into()),
            hint: None,
        }
    }
}
