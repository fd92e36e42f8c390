//! Several runs side by side, by area and ground: as expected / judged, in Markdown.
//!
//! Grounds are never added up: what was observed and what is assumed are two rows.

use std::collections::{BTreeMap, BTreeSet};

use super::markdown::GROUNDS;
use super::parse::Loaded;

/// The table.
pub fn matrix(reports: &[Loaded]) -> String {
    let mut keys: BTreeSet<(String, usize)> = BTreeSet::new();
    let mut columns: Vec<BTreeMap<(String, usize), (usize, usize)>> = Vec::new();
    for report in reports {
        let mut column = BTreeMap::new();
        for row in &report.rows {
            let Some(ground) = GROUNDS.iter().position(|ground| *ground == row.basis) else {
                continue;
            };
            let key = (row.area().to_owned(), ground);
            keys.insert(key.clone());
            let cell: &mut (usize, usize) = column.entry(key).or_default();
            cell.0 += usize::from(row.verdict == "pass");
            cell.1 += 1;
        }
        columns.push(column);
    }
    let mut out = String::from("| area | basis |");
    for name in names(reports) {
        out.push_str(&format!(" {} |", name.replace('|', "\\|")));
    }
    out.push_str("\n|---|---|");
    out.push_str(&"---:|".repeat(reports.len()));
    out.push('\n');
    for key in keys {
        out.push_str(&format!("| {} | {} |", key.0, GROUNDS[key.1]));
        for column in &columns {
            match column.get(&key) {
                Some((passed, of)) => out.push_str(&format!(" {passed} / {of} |")),
                None => out.push_str(" – |"),
            }
        }
        out.push('\n');
    }
    out
}

/// A name for each column: the target's; with its address and its start where two have the same.
fn names(reports: &[Loaded]) -> Vec<String> {
    let of = |report: &Loaded, members: &[&str]| {
        let texts = members
            .iter()
            .filter_map(|name| report.header[*name].as_str());
        texts.collect::<Vec<_>>().join(" ")
    };
    let is_alone = |members: &[&str], name: &str| {
        let same = reports.iter().filter(|report| of(report, members) == name);
        same.count() == 1
    };
    let parts: [&[&str]; 3] = [
        &["target"],
        &["target", "url"],
        &["target", "url", "started"],
    ];
    let mut out = Vec::new();
    for (index, report) in reports.iter().enumerate() {
        let name = parts
            .iter()
            .map(|members| (members, of(report, members)))
            .find(|(members, name)| is_alone(members, name))
            .map_or_else(
                || format!("{} #{}", of(report, &["target"]), index + 1),
                |(_, name)| name,
            );
        let mark = if report.stopped().is_some() {
            " (stopped)"
        } else {
            ""
        };
        out.push(format!("{name}{mark}"));
    }
    out
}
