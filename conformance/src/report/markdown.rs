//! Markdown for a step summary: the headline is never one number.

use std::collections::BTreeMap;

use super::parse::{Loaded, Row};
use crate::shell::shell;

/// Levels and grounds in the order in which they are told.
pub(super) const GROUNDS: [&str; 4] = ["observed", "documented", "modelled", "assumed"];

/// As expected and in all, by level and ground; skipped rows are in none.
pub(super) fn headline(report: &Loaded) -> Vec<(String, usize, usize)> {
    let mut out = Vec::new();
    for basis in GROUNDS {
        for level in ["must", "should", "may", "info"] {
            let of: Vec<&Row> = report
                .rows
                .iter()
                .filter(|row| row.basis == basis && row.level == level)
                .collect();
            if !of.is_empty() {
                let passed = of.iter().filter(|row| row.verdict == "pass").count();
                out.push((format!("{level} / {basis}"), passed, of.len()));
            }
        }
    }
    out
}

/// The report in Markdown.
pub fn markdown(report: &Loaded) -> String {
    let text = |name: &str| report.header[name].as_str().unwrap_or_default().to_owned();
    let mut out = format!(
        "# Conformance of {}\n\n{} · {} · {} · {}\n\n| | as expected | of |\n|---|---:|---:|\n",
        text("target"),
        text("url"),
        text("region"),
        text("model"),
        text("started")
    );
    if let Some(why) = report.stopped() {
        out = out.replacen("\n\n|", &format!("\n\n**Stopped: {why}**\n\n|"), 1);
    }
    for (name, passed, of) in headline(report) {
        out.push_str(&format!("| {name} | {passed} | {of} |\n"));
    }
    let mut skips: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &report.rows {
        if row.verdict == "skip" {
            *skips
                .entry(row.reason.as_deref().unwrap_or_default())
                .or_default() += 1;
        }
    }
    for (reason, rows) in skips {
        out.push_str(&format!("\n{rows} skipped: {reason}\n"));
    }
    let failures: Vec<&Row> = report
        .rows
        .iter()
        .filter(|row| row.is_failure() || row.is_inconclusive())
        .collect();
    if !failures.is_empty() {
        out.push_str("\n## Not as expected\n");
    }
    for row in failures {
        out.push_str(&format!(
            "\n<details><summary><code>{}</code> {}</summary>\n\n{}\n\n```\n{}```\n\n{}\n</details>\n",
            row.full,
            row.title,
            row.why,
            row.what_is_wrong().replace("```", "'''"),
            code(&again(report, &row.full))
        ));
    }
    out
}

/// The command that runs one row again.
pub(super) fn again(report: &Loaded, full: &str) -> String {
    let command = report.header["again"].as_str().unwrap_or_default();
    format!("{command} {}", shell(full))
}

/// Text between backticks: as many as it needs.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    match longest {
        0 => format!("`{text}`"),
        _ => format!("{fence} {text} {fence}"),
    }
}
