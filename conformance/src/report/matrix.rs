//! Several targets side by side, by area: as expected / judged, in Markdown.

use std::collections::{BTreeMap, BTreeSet};

use super::load::Loaded;

/// The table; assumed rows are no part of it.
pub fn matrix(reports: &[Loaded]) -> String {
    let mut areas: BTreeSet<String> = BTreeSet::new();
    let mut cells: Vec<BTreeMap<String, (usize, usize)>> = Vec::new();
    for report in reports {
        let mut column: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for row in &report.rows {
            areas.insert(row.area().to_owned());
            if row.verdict == "skip" || row.basis == "assumed" {
                continue;
            }
            let cell = column.entry(row.area().to_owned()).or_default();
            cell.0 += usize::from(row.verdict == "pass");
            cell.1 += 1;
        }
        cells.push(column);
    }
    let mut out = String::from("| area |");
    for report in reports {
        out.push_str(&format!(
            " {} |",
            report.header["target"].as_str().unwrap_or_default()
        ));
    }
    out.push_str("\n|---|");
    out.push_str(&"---:|".repeat(reports.len()));
    out.push('\n');
    for area in areas {
        out.push_str(&format!("| {area} |"));
        for column in &cells {
            match column.get(&area) {
                Some((passed, of)) => out.push_str(&format!(" {passed} / {of} |")),
                None => out.push_str(" – |"),
            }
        }
        out.push('\n');
    }
    out
}
