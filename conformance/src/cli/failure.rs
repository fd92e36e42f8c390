//! Why a command failed: the message and the exit code.

use std::fmt::Display;
use std::io;
use std::path::Path;

use crate::exit_codes::{self, ExitCode};
use crate::report::sanitize;

/// A message for standard error, and the exit code that goes with it.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) code: ExitCode,
    pub(super) message: String,
}

impl Failure {
    pub(super) fn new(code: ExitCode, message: impl Display) -> Self {
        Self {
            code,
            message: message.to_string(),
        }
    }

    /// Returns the failure of a wrong command line or file.
    pub(super) fn usage(message: impl Display) -> Self {
        Self::new(exit_codes::BAD_USAGE, message)
    }

    /// Returns the failure of a file that cannot be read or written.
    pub(super) fn file(path: &Path, error: &io::Error) -> Self {
        Self::usage(format!("{}: {error}", path.display()))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // A reader that stops reading, such as `head`, is not a failure.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(exit_codes::AS_EXPECTED, "");
        }
        Self::usage(error)
    }
}

/// Writes a message to standard error; text from a target cannot control the terminal.
pub(super) fn complain(message: impl Display) {
    eprintln!("bedrock-conformance: {}", sanitize(&message.to_string()));
}
