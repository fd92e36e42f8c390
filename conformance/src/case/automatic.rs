//! The automatic checks, by the names with which a step can leave one out.

/// An automatic check, by the name with which a step can leave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    /// The status of success or of the error's shape.
    Status,
    /// `x-amzn-RequestId` is a UUID; in XML, `RequestId` is the same.
    RequestId,
    /// `Content-Type` is what the protocol says.
    ContentType,
    /// The error's type is one of the operation's or the front door's.
    ErrorType,
    /// The body, or each event, is of the modelled shape.
    Shape,
    /// Frames: checksums, header types, event names that the model has.
    Frames,
    /// The answer ends as its head promised.
    Whole,
}

impl Automatic {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Status,
        Self::RequestId,
        Self::ContentType,
        Self::ErrorType,
        Self::Shape,
        Self::Frames,
        Self::Whole,
    ];

    /// As files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::RequestId => "request-id",
            Self::ContentType => "content-type",
            Self::ErrorType => "error-type",
            Self::Shape => "shape",
            Self::Frames => "frames",
            Self::Whole => "whole",
        }
    }

    /// From its spelling.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.word() == word)
    }
}
