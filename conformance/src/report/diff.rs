//! What is different between two reports.

use std::collections::BTreeMap;

use super::load::{Loaded, Row};

/// One row that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `id` or `id@row`.
    pub full: String,
    /// Its verdict before; `absent` if it was not there.
    pub before: String,
    /// Its verdict now.
    pub now: String,
}

impl Change {
    /// Whether it went from good to bad.
    pub fn is_worse(&self) -> bool {
        let bad = |verdict: &str| matches!(verdict, "fail" | "unexpected-pass");
        bad(&self.now) && !bad(&self.before)
    }
}

/// The rows whose verdicts differ, by id.
pub fn diff(before: &Loaded, now: &Loaded) -> Vec<Change> {
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
        })
        .filter(|change| change.before != change.now)
        .collect()
}
