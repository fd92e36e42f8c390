//! Differences between two reports.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::parse::{Report, RowVerdict};
use crate::run::Header;

/// One row with another verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `id` or `id@row`.
    pub full: String,
    /// Its verdict before; none if it was absent.
    before: Option<RowVerdict>,
    /// Its verdict now.
    now: Option<RowVerdict>,
    /// A row that passed and is missing now is a regression.
    absence_counts: bool,
}

impl Change {
    /// Reports whether it is a regression: a row that fails now, or one that passed and is missing.
    pub fn is_worse(&self) -> bool {
        let bad = |verdict: Option<RowVerdict>| verdict.is_some_and(RowVerdict::is_failure);
        let passed = self.before.is_some_and(|verdict| verdict.word() == "pass");
        (bad(self.now) && !bad(self.before))
            || (passed && self.now.is_none() && self.absence_counts)
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = |verdict: Option<RowVerdict>| verdict.map_or("absent", RowVerdict::word);
        let (before, now) = (word(self.before), word(self.now));
        write!(f, "{}: {before} → {now}", self.full)
    }
}

/// Returns why two reports can hardly be compared, one sentence each.
pub fn doubts(before: &Report, now: &Report) -> Vec<String> {
    fn json(value: &impl Serialize) -> Value {
        serde_json::to_value(value).unwrap_or_default()
    }
    type Member = (&'static str, fn(&Header) -> Value);
    let members: [Member; 4] = [
        ("targets", |header| json(&header.target)),
        ("shards", |header| json(&header.shard)),
        ("selections", |header| json(&header.selection)),
        ("revisions of the cases", |header| json(&header.revision)),
    ];
    let mut out = Vec::new();
    for (name, member) in members {
        let (one, other) = (member(&before.header), member(&now.header));
        if one != other {
            out.push(format!("they are of different {name}: {one} and {other}"));
        }
    }
    for (which, report) in [("before", before), ("now", now)] {
        if let Some(why) = report.stopped() {
            out.push(format!("the run {which} stopped early: {why}"));
        }
    }
    out
}

/// Returns the rows whose verdicts differ, by id.
pub fn diff(before: &Report, now: &Report) -> Vec<Change> {
    // Two shards have different rows by design.
    let absence_counts = before.header.shard.is_none() || now.header.shard.is_none();
    fn by_id(report: &Report) -> BTreeMap<&str, RowVerdict> {
        let rows = report.rows.iter();
        rows.map(|row| (row.full.as_str(), row.verdict())).collect()
    }
    let (before, now) = (by_id(before), by_id(now));
    let mut ids: Vec<&str> = before.keys().chain(now.keys()).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
        .map(|id| Change {
            full: id.to_owned(),
            before: before.get(id).copied(),
            now: now.get(id).copied(),
            absence_counts,
        })
        .filter(|change| change.before != change.now)
        .collect()
}
