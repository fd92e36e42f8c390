//! Why an answer cannot be judged.

use crate::template::TemplateError;

/// Why an answer cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// An expectation cannot be filled in.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// An expected error is not a row of `fixtures/errors`.
    #[error("there is no error {id}")]
    NoSuchRow {
        /// The row's id.
        id: String,
    },
    /// An expected text is not a regular expression.
    #[error(transparent)]
    Pattern(#[from] regex::Error),
}
