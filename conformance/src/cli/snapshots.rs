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
        let now = serde_json::to_string_pretty(form).map_err(Failure::usage)?;
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
    let name = folder.display();
    let entries =
        fs::read_dir(folder).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
    let any = entries
        .flatten()
        .any(|entry| entry.path().extension().is_some_and(|kind| kind == "snap"));
    match any {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "{name}: it has no snapshots (*.snap)"
        ))),
    }
}

/// Returns a stored snapshot without its header, which ends with the second line of dashes.
fn kept(folder: &Path, case: &str) -> Result<Option<String>, Failure> {
    let path = folder.join(format!("{}.snap", case.replace('/', "__")));
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
