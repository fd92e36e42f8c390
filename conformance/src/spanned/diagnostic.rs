//! What is wrong in a file that a user wrote, and where.

use std::fmt;

use super::Place;

/// A complaint about a file: where, what is wrong, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file as the user knows it.
    pub file: String,
    /// Where in the file; none if the file as a whole is wrong.
    pub place: Option<Place>,
    /// What is wrong and what was expected instead.
    pub message: String,
}

impl Diagnostic {
    /// A complaint about one place.
    pub fn at(file: &str, place: Place, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            place: Some(place),
            message: message.into(),
        }
    }

    /// A complaint about a whole file.
    pub fn whole(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            place: None,
            message: message.into(),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(Place { line, column }) => {
                write!(out, "{}:{line}:{column}: {}", self.file, self.message)
            }
            None => write!(out, "{}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for Diagnostic {}
