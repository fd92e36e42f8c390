//! `report`: makes a report of a run's events.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Failure;
use super::event_file::load;
use crate::exit_codes::{self, ExitCode};
use crate::report;

/// Options of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Event file of a run, as `run --report` writes it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Format of the report
    #[arg(
        long,
        alias = "form",
        value_name = "FORMAT",
        value_enum,
        default_value_t = Format::Markdown,
        help_heading = "Output"
    )]
    format: Format,
    /// File to write the report to [default: standard output]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    out: Option<PathBuf>,
}

/// Formats of a report.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Tables and failures, for the step summary of a CI system
    Markdown,
    /// One page with every exchange that differs
    Html,
    /// JUnit XML, for CI systems
    Junit,
    /// Test Anything Protocol, version 13
    Tap,
    /// Endpoint badge for shields.io
    Badge,
}

pub(super) fn report(options: &ReportArgs, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let report = load(&options.file)?;
    let text = match options.format {
        Format::Markdown => report::markdown(&report),
        Format::Html => report::html(&report),
        Format::Junit => report::junit(&report)
            .map_err(|error| Failure::usage(format!("cannot write JUnit XML: {error}")))?,
        Format::Tap => report::tap(&report),
        Format::Badge => report::badge(&report),
    };
    match &options.out {
        None => out.write_all(text.as_bytes())?,
        Some(path) => {
            fs::write(path, report::sanitize(&text)).map_err(|error| Failure::file(path, &error))?
        }
    }
    Ok(exit_codes::AS_EXPECTED)
}
