//! TAP version 13.

use super::parse::{Report, RowVerdict};
use crate::run::Verdict;

/// Returns the report in the Test Anything Protocol.
pub fn tap(report: &Report) -> String {
    let mut out = format!("TAP version 13\n1..{}\n", report.rows.len());
    for (index, row) in report.rows.iter().enumerate() {
        let bad = row.is_failure() || row.is_inconclusive();
        let ok = if bad { "not ok" } else { "ok" };
        let name = row.full.replace('#', "\\#");
        let directive = match row.verdict() {
            _ if bad => String::new(),
            RowVerdict::Judged(Verdict::Pass) => String::new(),
            other => format!(
                " # SKIP {} {}",
                other.word(),
                row.skipped
                    .as_deref()
                    .unwrap_or_default()
                    .replace('\n', " ")
            ),
        };
        out.push_str(&format!("{ok} {} - {name}{directive}\n", index + 1));
        if bad {
            out.push_str("  ---\n");
            for line in row.differences().lines() {
                out.push_str(&format!("  # {line}\n"));
            }
            out.push_str("  ...\n");
        }
    }
    if let Some(why) = report.stopped() {
        out.push_str(&format!("Bail out! {}\n", why.replace('\n', " ")));
    }
    out
}
