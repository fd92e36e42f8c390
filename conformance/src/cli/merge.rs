//! `merge`: joins the event files of all shards of a run.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::event_file::load;
use crate::exit_codes::{self, ExitCode};
use crate::report::{self, Report};

/// Options of `merge`.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Event files of all shards
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn merge(options: &MergeArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reports: Vec<(String, Report)> = options
        .files
        .iter()
        .map(|path| Ok((path.display().to_string(), load(path)?)))
        .collect::<Result<_, Failure>>()?;
    out.write_all(report::merge(&reports).map_err(Failure::usage)?.as_bytes())?;
    Ok(exit_codes::AS_EXPECTED)
}
