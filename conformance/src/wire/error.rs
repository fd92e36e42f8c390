//! Why a request got no answer.

use std::fmt;
use std::io;

/// Why there is no answer.
#[derive(Debug)]
pub enum WireError {
    /// Nobody listens there, or no TLS can be agreed on.
    Unreachable(String),
    /// The connection ended before there was a head.
    NoAnswer(String),
    /// Too much time passed before there was a head.
    TooLate(String),
    /// What came is no HTTP/1.1.
    NotHttp(String),
}

impl fmt::Display for WireError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(what) => write!(out, "cannot be reached: {what}"),
            Self::NoAnswer(what) => write!(out, "gave no answer: {what}"),
            Self::TooLate(what) => write!(out, "is silent: {what}"),
            Self::NotHttp(what) => write!(out, "did not answer in HTTP/1.1: {what}"),
        }
    }
}

impl std::error::Error for WireError {}

impl WireError {
    /// Returns the error for a connection that ended before a response head came.
    pub(super) fn no_answer(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::TimedOut => Self::TooLate(error.to_string()),
            _ => Self::NoAnswer(error.to_string()),
        }
    }
}
