//! Shards → one report.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use super::parse::Report;
use crate::exit_codes;
use crate::run::{Counts, Event, Footer, Header, Shard};

/// A member of the header that all shards of one run share: its plural, and its value.
type Member = (&'static str, fn(&Header) -> Value);

const SHARED: [Member; 11] = [
    ("suites", |header| json(&header.suite)),
    ("revisions", |header| json(&header.revision)),
    ("targets", |header| json(&header.target)),
    ("versions of the target", |header| json(&header.version)),
    ("regions", |header| json(&header.region)),
    ("models", |header| json(&header.model)),
    ("service models", |header| json(&header.model_hash)),
    ("selections", |header| json(&header.selection)),
    ("configurations", |header| json(&header.config)),
    ("deviations", |header| json(&header.deviations)),
    ("kinds of basis that count", |header| json(&header.counts)),
];

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Why reports are not the shards of one run.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// No report was given.
    #[error("there is nothing to merge: name the event files of all shards")]
    Nothing,
    /// Two reports are of different runs.
    #[error("{file} and {first} have different {what}: {found} and {expected}")]
    Different {
        /// The file that differs.
        file: String,
        /// The first file.
        first: String,
        /// What differs, in the plural.
        what: &'static str,
        /// What the file has.
        found: Box<Value>,
        /// What the first file has.
        expected: Box<Value>,
    },
    /// The run was split into another number of shards.
    #[error("{file} is a shard of {of}, another is not")]
    OtherNumber {
        /// The file.
        file: String,
        /// The number of shards of its run.
        of: u32,
    },
    /// Two files are of the same shard.
    #[error("{file}: shard {shard} is there twice")]
    Twice {
        /// The second file.
        file: String,
        /// The shard.
        shard: Shard,
    },
    /// A shard has no file.
    #[error("shard {0} is missing: name its event file, too")]
    Missing(Shard),
    /// Two files have the same row.
    #[error("{file} has {row} again")]
    Overlap {
        /// The second file.
        file: String,
        /// The row.
        row: String,
    },
    /// An event cannot be written.
    #[error("cannot write an event: {0}")]
    Write(#[from] serde_json::Error),
}

/// Joins the reports of all shards of one run.
///
/// # Errors
/// When they are of different runs, overlap, or a shard is missing.
pub fn merge(reports: &[(String, Report)]) -> Result<String, MergeError> {
    let [(first_name, first), ..] = reports else {
        return Err(MergeError::Nothing);
    };
    for (name, report) in reports {
        for (what, member) in SHARED {
            let (found, expected) = (member(&report.header), member(&first.header));
            if found != expected {
                return Err(MergeError::Different {
                    file: name.clone(),
                    first: first_name.clone(),
                    what,
                    found: Box::new(found),
                    expected: Box::new(expected),
                });
            }
        }
    }
    every_shard_once(reports)?;
    let mut header = first.header.clone();
    header.shard = None;
    header.selected = reports
        .iter()
        .map(|(_, report)| report.header.selected)
        .sum();
    let mut events = vec![Event::Header(Box::new(header))];
    let mut seen: HashSet<&str> = HashSet::new();
    for (name, report) in reports {
        for row in &report.rows {
            if !seen.insert(&row.full) {
                return Err(MergeError::Overlap {
                    file: name.clone(),
                    row: row.full.clone(),
                });
            }
        }
        events.extend(report.events.iter().cloned());
    }
    events.push(Event::Footer(footer(reports)));
    let mut out = String::new();
    for event in events {
        out.push_str(&event.line()?);
        out.push('\n');
    }
    Ok(out)
}

fn footer(reports: &[(String, Report)]) -> Footer {
    let footers = || reports.iter().map(|(_, report)| &report.footer);
    let counts = footers().fold(Counts::default(), |sum, footer| sum.plus(footer.counts()));
    let why = reports
        .iter()
        .find_map(|(_, report)| report.stopped().map(str::to_owned));
    Footer {
        spent_usd: footers().map(|footer| footer.spent_usd).sum(),
        elapsed_ms: footers().map(|footer| footer.elapsed_ms).sum(),
        exit: footers()
            .map(|footer| footer.exit)
            // A shard may well have no row that can be run.
            .filter(|code| *code != exit_codes::NOTHING_SELECTED.number)
            .max()
            .unwrap_or(0),
        ..Footer::new(counts, why)
    }
}

fn every_shard_once(reports: &[(String, Report)]) -> Result<(), MergeError> {
    let mut parts = HashSet::new();
    let mut number = None;
    for (name, report) in reports {
        let shard = report.header.shard.unwrap_or(Shard { part: 1, of: 1 });
        if *number.get_or_insert(shard.of) != shard.of {
            return Err(MergeError::OtherNumber {
                file: name.clone(),
                of: shard.of,
            });
        }
        if !parts.insert(shard.part) {
            return Err(MergeError::Twice {
                file: name.clone(),
                shard,
            });
        }
    }
    let of = number.unwrap_or(1);
    match (1..=of).find(|part| !parts.contains(part)) {
        Some(part) => Err(MergeError::Missing(Shard { part, of })),
        None => Ok(()),
    }
}
