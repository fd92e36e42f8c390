//! Markdown for a step summary. Its headline is never one number.

use std::collections::BTreeMap;

use super::headline::headline;
use super::parse::{Report, Row};

/// Returns the report in Markdown.
pub fn markdown(report: &Report) -> String {
    let header = &report.header;
    let mut out = format!(
        "# Conformance of {}\n\n{} · {} · {} · {}\n",
        header.target, header.url, header.region, header.model, header.started
    );
    if let Some(why) = report.stopped() {
        out.push_str(&format!("\n**Stopped: {why}**\n"));
    }
    out.push_str("\n| | as expected | of |\n|---|---:|---:|\n");
    for line in headline(report) {
        let name = line.name();
        out.push_str(&format!("| {name} | {} | {} |\n", line.passed, line.of));
    }
    let mut skips: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in report.rows.iter().filter_map(|row| row.skipped.as_deref()) {
        *skips.entry(reason).or_default() += 1;
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
            row.title(),
            row.why(),
            row.differences().replace("```", "'''"),
            code(&report.again(&row.full))
        ));
    }
    out
}

/// Encloses a text in as many backticks as it needs.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    match longest {
        0 => format!("`{text}`"),
        _ => format!("{fence} {text} {fence}"),
    }
}
