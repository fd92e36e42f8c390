//! What is different between two reports.

use std::collections::BTreeMap;

use super::parse::{Loaded, Row};

/// One row that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `id` or `id@row`.
    pub full: String,
    /// Its verdict before; `absent` if it was not there.
    pub before: String,
    /// Its verdict now.
    pub now: String,
    /// A row that is gone is worse than one that passes.
    absence_counts: bool,
}

impl Change {
    /// Whether it went from good to bad, or from good to nothing.
    pub fn is_worse(&self) -> bool {
        let bad = |verdict: &str| matches!(verdict, "fail" | "unexpected-pass");
        let gone = self.before == "pass" && self.now == "absent";
        (bad(&self.now) && !bad(&self.before)) || (gone && self.absence_counts)
    }
}

/// Why two reports are hardly two runs of the same, one sentence each.
pub fn doubts(before: &Loaded, now: &Loaded) -> Vec<String> {
    let mut out = Vec::new();
    for (name, member) in [
        ("targets", "target"),
        ("shards", "shard"),
        ("selections", "selection"),
        ("revisions of the cases", "revision"),
    ] {
        let (one, other) = (&before.header[member], &now.header[member]);
        if one != other {
            out.push(format!("they are of different {name}: {one} and {other}"));
        }
    }
    for (which, report) in [("before", before), ("now", now)] {
        if let Some(why) = report.stopped() {
            out.push(format!("the run {which} stopped before its end: {why}"));
        }
    }
    out
}

/// The rows whose verdicts differ, by id.
pub fn diff(before: &Loaded, now: &Loaded) -> Vec<Change> {
    // Two shards have other rows by their nature.
    let is_shard = |report: &Loaded| report.header["shard"].is_string();
    let absence_counts = !(is_shard(before) && is_shard(now));
    fn by_id(report: &Loaded) -> BTreeMap<&str, &Row> {
        report
            .rows
            .iter()
            .map(|row| (row.full.as_str(), row))
            .collect()
    }
    let (before, now) = (by_id(before), by_id(now));
    let mut ids: Vec<&str> = before.keys().chain(now.keys()).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let verdict = |rows: &BTreeMap<&str, &Row>, id: &str| {
        rows.get(id)
            .map_or_else(|| "absent".to_owned(), |row| row.verdict.clone())
    };
    ids.into_iter()
        .map(|id| Change {
            full: id.to_owned(),
            before: verdict(&before, id),
            now: verdict(&now, id),
            absence_counts,
        })
        .filter(|change| change.before != change.now)
        .collect()
}
