//! The one error of this module. Every cause is a file or a flag of the user's, so each error names
//! it, says what was found and what was expected, and how to put it right.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why no TLS can be offered.
#[derive(Debug)]
pub struct TlsError {
    subject: String,
    path: Option<PathBuf>,
    found: String,
    expected: String,
    fix: String,
}

impl TlsError {
    /// A file or directory that cannot be used.
    pub(super) fn file(
        path: &Path,
        found: impl fmt::Display,
        expected: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            subject: path.display().to_string(),
            path: Some(path.to_owned()),
            found: found.to_string(),
            expected: expected.into(),
            fix: fix.into(),
        }
    }

    /// A flag, or a flag's value, that cannot be used.
    pub(super) fn flag(
        flag: impl Into<String>,
        found: impl fmt::Display,
        expected: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            subject: flag.into(),
            path: None,
            found: found.to_string(),
            expected: expected.into(),
            fix: fix.into(),
        }
    }

    /// The file or directory at fault, unless it is a flag.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            subject,
            found,
            expected,
            fix,
            ..
        } = self;
        write!(f, "{subject}: {found}; expected {expected}. To fix: {fix}")
    }
}

impl std::error::Error for TlsError {}
