//! `matrix`: puts runs against several targets side by side.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::event_file::load;
use crate::exit_codes::{self, ExitCode};
use crate::report::{self, Report};

/// Options of `matrix`.
#[derive(Debug, Args)]
pub struct MatrixArgs {
    /// Event files of runs, one column each
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) fn matrix(options: &MatrixArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let files = options.files.iter();
    let reports: Vec<Report> = files.map(|path| load(path)).collect::<Result<_, _>>()?;
    out.write_all(report::matrix(&reports).as_bytes())?;
    Ok(exit_codes::AS_EXPECTED)
}
