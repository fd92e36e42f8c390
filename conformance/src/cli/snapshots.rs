//! `snapshots`: prints normalised exchanges, or compares them with stored snapshots.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use super::Failure;
use crate::exit_codes::{self, ExitCode};
use crate::normalize;

/// Options of `snapshots`.
#[derive(Debug, Args)]
pub struct SnapshotsArgs {
    /// Event file of a run, as `run --report` writes it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Folder of stored snapshots to compare with, such as conformance/snapshots
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    against: Option<PathBuf>,
}

/// Exits 1 if a snapshot is different.
pub(super) fn snapshots(
    options: &SnapshotsArgs,
    out: &mut impl Write,
) -> Result<ExitCode, Failure> {
    let name = options.file.display().to_string();
    let text =
        fs::read_to_string(&options.file).map_err(|e| Failure::usage(format!("{name}: {e}")))?;
    let lines: Vec<Value> = text
        .lines()
        .enumerate()
        .map(|(n, line)| {
            serde_json::from_str(line)
                .map_err(|e| Failure::usage(format!("{name}:{}: not an event: {e}", n + 1)))
        })
        .collect::<Result<_, _>>()?;
    let forms = normalize::of_report(&lines);
    if forms.is_empty() {
        let why = format!("{name}: it has no exchanges: expected a file written by `run --report`");
        return Err(Failure::usage(why));
    }
    if let Some(folder) = &options.against {
        has_snapshots(folder)?;
    }
    let mut different = 0;
    for (case, form) in &forms {
        let now = normalize::print(form);
        let Some(folder) = &options.against else {
            writeln!(out, "{case}\n{now}")?;
            continue;
        };
        match kept(folder, case)? {
            None => writeln!(out, "new        {case}")?,
            Some(before) if before == now => continue,
            Some(before) => {
                different += 1;
                writeln!(out, "different  {case}")?;
                for line in changes(&before, &now) {
                    writeln!(out, "    {line}")?;
                }
            }
        }
    }
    if options.against.is_some() {
        writeln!(out, "{different} of {} cases are different", forms.len())?;
    }
    Ok(match different {
        0 => exit_codes::AS_EXPECTED,
        _ => exit_codes::UNEXPECTED_VERDICT,
    })
}

/// Refuses a folder without snapshots, which is the wrong one: every case would be new.
fn has_snapshots(folder: &Path) -> Result<(), Failure> {
    match holds_a_snapshot(folder)? {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "{}: it has no snapshots (*.snap)",
            folder.display()
        ))),
    }
}

/// Returns whether a snapshot is in a folder or in one below it.
fn holds_a_snapshot(folder: &Path) -> Result<bool, Failure> {
    let unreadable = |error| Failure::usage(format!("{}: {error}", folder.display()));
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let found = match entry.file_type().map_err(unreadable)?.is_dir() {
            true => holds_a_snapshot(&path)?,
            false => path.extension().is_some_and(|kind| kind == "snap"),
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the snapshot of a case without its front matter, which ends with the second line of dashes.
fn kept(folder: &Path, case: &str) -> Result<Option<String>, Failure> {
    let path = folder.join(format!("{case}.snap"));
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path)
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    let body = text.splitn(3, "---\n").nth(2).unwrap_or(&text);
    Ok(Some(body.trim_end().to_owned()))
}

/// Returns the lines between the common beginning and the common end of two texts.
fn changes(before: &str, now: &str) -> Vec<String> {
    let (before, now): (Vec<&str>, Vec<&str>) = (before.lines().collect(), now.lines().collect());
    let same = before.iter().zip(&now).take_while(|(a, b)| a == b).count();
    let (before, now) = (&before[same..], &now[same..]);
    let end = before
        .iter()
        .rev()
        .zip(now.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let gone = before[..before.len() - end]
        .iter()
        .map(|line| format!("- {line}"));
    let come = now[..now.len() - end]
        .iter()
        .map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}
