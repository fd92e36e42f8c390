//! Why a file has no recordings that can be read.

use std::io;
use std::string::FromUtf8Error;

/// What is wrong with a file of recordings. The file's name is added where the error is shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecordingError {
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// The file is too large.
    #[error("it is larger than {limit} bytes: split it")]
    TooLarge {
        /// Bytes that a file may have.
        limit: usize,
    },
    /// The file is not text.
    #[error("it is not UTF-8: {0}")]
    NotUtf8(#[from] FromUtf8Error),
    /// The file is not JSON.
    #[error("it is not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// The file is not YAML.
    #[error("it is not YAML: {0}")]
    NotYaml(#[from] saphyr_parser::ScanError),
    /// Aliases make the file too large.
    #[error("line {line}: more values than a cassette has: expected at most {limit}")]
    TooManyValues {
        /// The line, from 1.
        line: usize,
        /// Values that a file may have.
        limit: usize,
    },
    /// The file is empty.
    #[error("there is no value in it")]
    Empty,
    /// A member is missing.
    #[error("it is not a recording: it has no {0}")]
    Missing(&'static str),
    /// A member has a wrong value.
    #[error("it is not a recording: {member} is not {expected}")]
    Invalid {
        /// The member.
        member: &'static str,
        /// What it must be, with its article.
        expected: &'static str,
    },
    /// A body is not base64.
    #[error("it is not a recording: {member} is not base64: {source}")]
    NotBase64 {
        /// The member.
        member: &'static str,
        /// What is wrong with it.
        source: base64::DecodeError,
    },
    /// An exchange of a cassette lacks what its recorder always writes.
    #[error("exchange {number} (from 0) has no {lacks}")]
    Incomplete {
        /// Its place in the file, from 0.
        number: usize,
        /// What is missing.
        lacks: &'static str,
    },
    /// An exchange of a cassette is wrong.
    #[error("exchange {number} (from 0): {source}")]
    InExchange {
        /// Its place in the file, from 0.
        number: usize,
        /// What is wrong with it.
        source: Box<Self>,
    },
}
