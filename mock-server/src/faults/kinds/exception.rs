//! An exception of the operation's model instead of its answer.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, optional, required};
use crate::faults::{Descriptor, FaultContext, Reach, error_rows};
use crate::wire::ApiError;

/// An exception of the operation's model instead of its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Exception {
    /// The exception's name, or the id of a row of the error table.
    pub error: String,
    /// Its message, instead of the service's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `Retry-After`, seconds; the service sends none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Member of ModelErrorException and ModelStreamErrorException.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_status_code: Option<u16>,
    /// Member of ModelStreamErrorException.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_message: Option<String>,
    /// Member of ModelErrorException and TooManyTagsException.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "exception",
    what: "An exception instead of the answer, in the service's words; the operation does not happen",
    reach: Reach::Any,
    parameters: &[
        required(
            "error",
            "an exception that the operation's model lists or the front door gives, or the id of a row of fixtures/errors",
        ),
        optional("message", "its message (default: the service's own words)"),
        optional(
            "retryAfter",
            "a Retry-After header, seconds (default: none, as on the service)",
        ),
        optional(
            "originalStatusCode",
            "that member of ModelErrorException and ModelStreamErrorException",
        ),
        optional(
            "originalMessage",
            "that member of ModelStreamErrorException",
        ),
        optional(
            "resourceName",
            "that member of ModelErrorException and TooManyTagsException",
        ),
    ],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "exception", "error": "ModelErrorException", "message": "Overheated", "retryAfter": 2, "originalStatusCode": 500, "originalMessage": "boom", "resourceName": "m"}"#,
};

impl Exception {
    /// An exception by its name, in the service's words.
    pub fn named(error: &str) -> Self {
        Self {
            error: error.into(),
            message: None,
            retry_after: None,
            original_status_code: None,
            original_message: None,
            resource_name: None,
        }
    }
}

impl FaultEffect for Exception {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        error_rows::check(&self.error)
    }

    fn reaches(&self, context: &FaultContext<'_>) -> bool {
        error_rows::row(&self.error, context.is_query()).is_some_and(|row| context.gives(row.kind))
    }

    fn refusal(&self, context: &FaultContext<'_>) -> Option<ApiError> {
        let mut error = error_rows::error(&self.error, self.message.as_ref(), context.is_query())?;
        if let Some(seconds) = self.retry_after {
            error = error.header("Retry-After", seconds.to_string());
        }
        if let Some(status) = self.original_status_code {
            error = error.member("originalStatusCode", status);
        }
        if let Some(message) = &self.original_message {
            error = error.member("originalMessage", message.as_str());
        }
        if let Some(name) = &self.resource_name {
            error = error.member("resourceName", name.as_str());
        }
        Some(error)
    }
}
