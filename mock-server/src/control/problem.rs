//! What is wrong with a request to the control API: a message that says what was expected, and for
//! bodies the line and column.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::diagnostics::serde_message::plain;

/// A refusal of the control API: `{"message", "line"?, "column"?, "problems"?}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    message: String,
    at: Option<(usize, usize)>,
    more: Vec<Self>,
}

impl Problem {
    /// Any refusal.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            at: None,
            more: Vec::new(),
        }
    }

    /// Something in the request is not as expected.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// The place in the body, both counted from 1.
    #[must_use]
    pub fn at(mut self, line: usize, column: usize) -> Self {
        self.at = Some((line, column));
        self
    }

    /// What else is wrong with the same body; told in `problems`, this one first.
    #[must_use]
    pub fn with(mut self, more: Vec<Self>) -> Self {
        self.more = more;
        self
    }

    fn body(&self) -> Value {
        let mut body = json!({ "message": self.message });
        if let Some((line, column)) = self.at {
            body["line"] = line.into();
            body["column"] = column.into();
        }
        body
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let place = format!(" at line {line} column {column}");
        let text = text.strip_suffix(&place).unwrap_or(&text);
        // Nothing has been read yet where a whole value does not fit.
        Self::bad(plain(text)).at(line.max(1), column.max(1))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = self.body();
        if !self.more.is_empty() {
            let all = std::iter::once(&self).chain(&self.more);
            body["problems"] = all.map(Self::body).collect();
        }
        (self.status, Json(body)).into_response()
    }
}
