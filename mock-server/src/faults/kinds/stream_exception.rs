//! An exception of the stream's model after some events.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, optional, required};
use crate::faults::{Descriptor, FaultContext, Reach, error_rows};
use crate::wire::event::{Event, Source};

/// An exception of the stream's model after some events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StreamException {
    /// The exception's name, in either spelling.
    pub error: String,
    /// How many events are sent before.
    #[serde(default)]
    pub events: usize,
    /// Its message, instead of the service's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Member of modelStreamErrorException.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_status_code: Option<u16>,
    /// Member of modelStreamErrorException.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_message: Option<String>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "stream-exception",
    what: "The stream ends with an exception frame after so many events; the status stays 200",
    reach: Reach::Streams,
    parameters: &[
        required(
            "error",
            "an exception of the stream's model, ThrottlingException or throttlingException",
        ),
        optional("events", "how many events are sent before (default: 0)"),
        optional("message", "its message (default: the service's own words)"),
        optional(
            "originalStatusCode",
            "that member of modelStreamErrorException",
        ),
        optional(
            "originalMessage",
            "that member of modelStreamErrorException",
        ),
    ],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "stream-exception", "error": "ModelStreamErrorException", "events": 3, "message": "Overheated", "originalStatusCode": 500, "originalMessage": "boom"}"#,
};

impl StreamException {
    /// The exception's name as a shape has it.
    fn upper(&self) -> String {
        let mut name = self.error.clone();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        name
    }
}

impl FaultEffect for StreamException {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        error_rows::check(&self.upper())
    }

    fn reaches(&self, context: &FaultContext<'_>) -> bool {
        context.stream_member(&self.error).is_some()
    }

    fn events(&self, source: Source, context: &FaultContext<'_>) -> Source {
        let error = error_rows::error(&self.upper(), self.message.as_ref(), false);
        let (Some(name), Some(error)) = (context.stream_member(&self.error), error) else {
            return source;
        };
        let mut payload = Map::new();
        payload.insert("message".into(), error.message().into());
        if let Some(status) = self.original_status_code {
            payload.insert("originalStatusCode".into(), status.into());
        }
        if let Some(message) = &self.original_message {
            payload.insert("originalMessage".into(), message.as_str().into());
        }
        let exception = Event {
            exception: true,
            ..Event::new(name.to_owned(), Value::Object(payload))
        };
        Box::new(source.take(self.events).chain([exception]))
    }
}
