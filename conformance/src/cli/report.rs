//! `report`, `merge`, `diff`, `matrix`: what is made of runs' events.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Failure, complain};
use crate::exit_codes::{self, ExitCode};
use crate::report::{self, Loaded};

/// Options of `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// A run's events, as `run --report` writes them
    file: PathBuf,
    /// The format
    #[arg(long = "format", alias = "form", value_enum, default_value_t = Form::Markdown)]
    form: Form,
    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Forms of a report.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Form {
    /// For a CI's step summary
    Markdown,
    /// One page with everything in it
    Html,
    /// For CI systems
    Junit,
    /// Test Anything Protocol
    Tap,
    /// For shields.io
    Badge,
}

/// Options of `merge`.
#[derive(Debug, Args)]
pub struct Merge {
    /// The reports of all shards
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Options of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// The report before
    before: PathBuf,
    /// The report now
    now: PathBuf,
}

/// Options of `matrix`.
#[derive(Debug, Args)]
pub struct Matrix {
    /// Reports of several targets
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub(super) fn report(options: &Report, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let loaded = load(&options.file)?;
    let text = match options.form {
        Form::Markdown => report::markdown(&loaded),
        Form::Html => report::html(&loaded),
        Form::Junit => report::junit(&loaded),
        Form::Tap => report::tap(&loaded),
        Form::Badge => report::badge(&loaded),
    };
    match &options.out {
        None => out.write_all(text.as_bytes())?,
        Some(path) => fs::write(path, report::visible(&text))
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?,
    }
    Ok(exit_codes::AS_EXPECTED)
}

pub(super) fn merge(options: &Merge, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reports: Vec<(String, Loaded)> = options
        .files
        .iter()
        .map(|path| Ok((path.display().to_string(), load(path)?)))
        .collect::<Result<_, Failure>>()?;
    out.write_all(report::merge(&reports).map_err(Failure::usage)?.as_bytes())?;
    Ok(exit_codes::AS_EXPECTED)
}

/// Exits 1 where something is worse than before.
pub(super) fn diff(options: &Diff, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let (before, now) = (load(&options.before)?, load(&options.now)?);
    for doubt in report::doubts(&before, &now) {
        complain(format!("warning: {doubt}"));
    }
    let changes = report::diff(&before, &now);
    for change in &changes {
        let mark = if change.is_worse() {
            "worse "
        } else {
            "      "
        };
        writeln!(
            out,
            "{mark}{}: {} → {}",
            change.full, change.before, change.now
        )?;
    }
    if changes.is_empty() {
        writeln!(out, "no verdict is different")?;
    }
    Ok(if changes.iter().any(report::Change::is_worse) {
        exit_codes::UNEXPECTED_VERDICT
    } else {
        exit_codes::AS_EXPECTED
    })
}

pub(super) fn matrix(options: &Matrix, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let reports: Vec<Loaded> = options.files.iter().map(load).collect::<Result<_, _>>()?;
    out.write_all(report::matrix(&reports).as_bytes())?;
    Ok(exit_codes::AS_EXPECTED)
}

fn load(path: &PathBuf) -> Result<Loaded, Failure> {
    let name = path.display().to_string();
    let text =
        fs::read_to_string(path).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
    report::load(&name, &text).map_err(Failure::usage)
}
