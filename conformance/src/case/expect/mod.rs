//! What a step expects: six parts, each judged alone.

pub(super) mod parse;

use serde_json::Value;

use super::Grammar;
use crate::wire::View;

/// Expectations, with `${…}` still in the patterns.
#[derive(Debug, Clone, Default)]
pub struct Expect {
    /// Status: a number or a matcher. None only if an error is expected.
    pub status: Option<Value>,
    /// Headers by name, whatever its case: a pattern of the value; `$absent` for none.
    pub headers: Vec<(String, Value)>,
    /// All header names in this order and case.
    pub header_names: Option<Vec<String>>,
    /// An error of the service.
    pub error: Option<ExpectedError>,
    /// A pattern of the body: JSON, or XML read as JSON.
    pub body: Option<Value>,
    /// JSON pointers to what must not be there.
    pub absent: Vec<String>,
    /// Whether names are sorted in every object of the body, as the service's serialiser does.
    pub sorted_keys: bool,
    /// A pattern of the body's text.
    pub text: Option<Value>,
    /// What the stream must be.
    pub stream: Option<ExpectedStream>,
    /// How the answer must end.
    pub end: Option<End>,
    /// Whether the connection must stay open for another request.
    pub keep_alive: Option<bool>,
    /// When things must come.
    pub timing: Timing,
}

/// An error of the service.
#[derive(Debug, Clone)]
pub enum ExpectedError {
    /// A row of `fixtures/errors/` with what stands for its placeholders.
    Row {
        /// The row's id.
        id: String,
        /// Text, or a `$regex`, for each placeholder.
        with: Vec<(String, Value)>,
    },
    /// Type and text of the author's choice.
    Stated {
        /// The type without its namespace.
        kind: String,
        /// A pattern of the text.
        message: Value,
    },
}

/// What a stream must be.
#[derive(Debug, Clone)]
pub struct ExpectedStream {
    /// What is looked at.
    pub view: View,
    /// A grammar over the names of its events.
    pub grammar: Option<Grammar>,
    /// Checks of single events.
    pub events: Vec<EventCheck>,
    /// Pointer into each event, and a pattern of the texts there, joined.
    pub joined: Vec<(String, Value)>,
}

/// A check of some events of one name.
#[derive(Debug, Clone)]
pub struct EventCheck {
    /// The events' name.
    pub name: String,
    /// Which of them.
    pub which: Which,
    /// A pattern of the payload.
    pub body: Value,
}

/// Which events of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The first.
    First,
    /// The last.
    Last,
    /// Every one, and at least one.
    Each,
    /// At least one.
    Any,
    /// None may match.
    No,
    /// The nth, from 0.
    Nth(usize),
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Whole, as its head promised.
    Clean,
    /// A stream that is whole and whose last event is an exception.
    Exception,
    /// Cut before its end.
    Cut,
}

/// Bands of time, in milliseconds from the request's last byte.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timing {
    /// The whole answer comes within.
    pub total_below_ms: Option<u64>,
    /// The first byte comes within.
    pub first_byte_below_ms: Option<u64>,
    /// The first event comes before the last byte: the stream is no buffer.
    pub incremental: bool,
}
