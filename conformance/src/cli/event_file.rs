//! Reads event files that users name.

use std::fs;
use std::path::Path;

use super::Failure;
use crate::report::{self, Report};

pub(super) fn load(path: &Path) -> Result<Report, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    report::parse(&path.display().to_string(), &text).map_err(Failure::usage)
}
