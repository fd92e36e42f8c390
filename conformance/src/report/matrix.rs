//! Several runs side by side, by area and basis: as expected / judged, in Markdown.
//!
//! Kinds of basis are never added up: observed and assumed cases are two rows.

use std::collections::{BTreeMap, BTreeSet};

use super::parse::Report;
use crate::case::BasisKind;

/// One target's rows by area and basis: how many passed, of how many.
type Column<'r> = BTreeMap<(&'r str, BasisKind), (usize, usize)>;

/// Returns the table.
pub fn matrix(reports: &[Report]) -> String {
    let mut keys: BTreeSet<(&str, BasisKind)> = BTreeSet::new();
    let mut columns: Vec<Column<'_>> = Vec::new();
    for report in reports {
        let mut column = BTreeMap::new();
        for row in &report.rows {
            let Some(about) = row.about() else {
                continue;
            };
            let key = (row.area(), about.basis);
            keys.insert(key);
            let cell: &mut (usize, usize) = column.entry(key).or_default();
            cell.0 += usize::from(row.passed());
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
        out.push_str(&format!("| {} | {} |", key.0, key.1.word()));
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

/// Returns a name for each column: the target's; with its address, its start and then its number
/// where two would be the same.
fn names(reports: &[Report]) -> Vec<String> {
    let candidates = |report: &Report| {
        let header = &report.header;
        [
            header.target.clone(),
            format!("{} {}", header.target, header.url),
            format!("{} {} {}", header.target, header.url, header.started),
        ]
    };
    let all: Vec<_> = reports.iter().map(candidates).collect();
    let mut out = Vec::new();
    for (index, (own, report)) in all.iter().zip(reports).enumerate() {
        let unique = own.iter().enumerate().find(|(level, name)| {
            let same = all.iter().filter(|other| other[*level] == **name);
            same.count() == 1
        });
        let name = match unique {
            Some((_, name)) => name.clone(),
            None => format!("{} #{}", report.header.target, index + 1),
        };
        let mark = match report.stopped() {
            Some(_) => " (stopped)",
            None => "",
        };
        out.push(format!("{name}{mark}"));
    }
    out
}
