//! What an operation answers, before its protocol writes it.

use serde::Serialize;
use serde_json::Value;

use crate::wire::{Answer, ApiError, rows};

/// What an operation answers.
pub(crate) enum Output {
    /// The members of the operation's output, which the protocol writes as JSON or XML.
    Json(Members),
    /// An answer that leaves as it is: a stream, a provider's body, a scenario's raw answer.
    Answer(Answer),
}

/// The members of an operation's output, by the names of its model.
///
/// This is the one place that knows how a typed value travels to the protocol.
pub(crate) struct Members(Value);

impl Output {
    /// Returns the answer that holds a value, whose members are named as the model names them.
    pub(crate) fn json(value: &impl Serialize) -> Result<Self, ApiError> {
        match serde_json::to_value(value) {
            Ok(members) => Ok(Self::Json(Members(members))),
            Err(e) => Err(ApiError::row(rows::front_door::INTERNAL)
                .hint(format!("the output cannot be written: {e}"))),
        }
    }
}

impl Members {
    /// Returns the members as a JSON value.
    pub(crate) fn value(&self) -> &Value {
        &self.0
    }
}

impl From<Answer> for Output {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}
