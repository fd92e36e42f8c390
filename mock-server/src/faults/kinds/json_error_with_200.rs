//! A JSON error under status 200, as some gateways answer.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{Descriptor, FaultContext, Reach, error_rows};
use crate::wire::Answer;

/// A JSON error under status 200, as some gateways answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct JsonErrorWith200 {
    /// The exception's name; ThrottlingException if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Its message, instead of the service's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "json-error-with-200",
    what: "The body is an exception's JSON, the status is 200, and no header names the exception; streams too",
    reach: Reach::Any,
    parameters: &[
        optional(
            "error",
            "the exception whose words are said (default: ThrottlingException)",
        ),
        optional("message", "its message (default: the service's own words)"),
    ],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "json-error-with-200", "error": "InternalServerException", "message": "Overheated"}"#,
};

impl JsonErrorWith200 {
    fn error(&self) -> &str {
        self.error.as_deref().unwrap_or("ThrottlingException")
    }
}

impl FaultEffect for JsonErrorWith200 {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        error_rows::check(self.error())
    }

    fn reaches(&self, context: &FaultContext<'_>) -> bool {
        !context.is_query()
    }

    fn apply_to_answer(&self, answer: &mut Answer, _context: &FaultContext<'_>) {
        let Some(error) = error_rows::error(self.error(), self.message.as_ref(), false) else {
            return;
        };
        let refusal = error.into_answer();
        answer.status = 200;
        answer.headers.clear();
        answer.content_type = refusal.content_type;
        answer.content = refusal.content;
    }
}
