//! The parts of an answer, and what can be wrong with each.

use serde::{Deserialize, Serialize};

/// A part of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The status.
    Status,
    /// Headers.
    Headers,
    /// The body.
    Body,
    /// Events.
    Stream,
    /// How it ends.
    End,
    /// When things come.
    Timing,
}

impl Part {
    /// All six.
    pub const ALL: [Self; 6] = [
        Self::Status,
        Self::Headers,
        Self::Body,
        Self::Stream,
        Self::End,
        Self::Timing,
    ];

    /// As files and reports spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Headers => "headers",
            Self::Body => "body",
            Self::Stream => "stream",
            Self::End => "end",
            Self::Timing => "timing",
        }
    }

    /// From its spelling.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.word() == word)
    }
}

/// One way in which an answer is not what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The part it belongs to.
    pub part: Part,
    /// Where in the part: a JSON pointer, a header's name, an event's number.
    pub path: String,
    /// What was expected.
    pub expected: String,
    /// What is there.
    pub seen: String,
    /// It is about the order of names, or their case in a head, and no client reads that.
    pub order: bool,
}

impl Finding {
    pub(crate) fn new(part: Part, path: &str, expected: &str, seen: &str) -> Self {
        Self {
            part,
            path: path.to_owned(),
            expected: expected.to_owned(),
            seen: seen.to_owned(),
            order: false,
        }
    }

    /// Of the order of names.
    pub(crate) fn of_order(part: Part, path: &str, expected: &str, seen: &str) -> Self {
        Self {
            order: true,
            ..Self::new(part, path, expected, seen)
        }
    }

    /// Whether it is about how an answer is written, not about what clients read of it: the order of
    /// names, and what servers say about themselves and their connection.
    pub(crate) fn is_form(&self) -> bool {
        let own = ["connection", "keep-alive", "server", "date"];
        let is_own = own.iter().any(|name| self.path.eq_ignore_ascii_case(name));
        self.order || (self.part == Part::Headers && is_own)
    }
}
