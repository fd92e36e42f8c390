//! `diff`: compares the verdicts of two runs.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::event_file::load;
use super::{Failure, complain};
use crate::exit_codes::{self, ExitCode};
use crate::report::{self, Change};

/// Options of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Event file of the earlier run
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// Event file of the later run
    #[arg(value_name = "NOW")]
    now: PathBuf,
}

/// Exits 1 if any verdict is worse than before.
pub(super) fn diff(options: &DiffArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let (before, now) = (load(&options.before)?, load(&options.now)?);
    for doubt in report::doubts(&before, &now) {
        complain(format!("warning: {doubt}"));
    }
    let changes = report::diff(&before, &now);
    for change in &changes {
        let mark = if change.is_worse() { "worse" } else { "" };
        writeln!(out, "{mark:<5} {change}")?;
    }
    if changes.is_empty() {
        writeln!(out, "no verdict is different")?;
    }
    Ok(if changes.iter().any(Change::is_worse) {
        exit_codes::UNEXPECTED_VERDICT
    } else {
        exit_codes::AS_EXPECTED
    })
}
