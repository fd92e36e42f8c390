//! TAP version 13.

use super::load::Loaded;

/// The report in the Test Anything Protocol.
pub fn tap(report: &Loaded) -> String {
    let mut out = format!("TAP version 13\n1..{}\n", report.rows.len());
    for (index, row) in report.rows.iter().enumerate() {
        let ok = if row.is_failure() { "not ok" } else { "ok" };
        let name = row.full.replace('#', "\\#");
        let directive = match row.verdict.as_str() {
            "pass" | "fail" | "unexpected-pass" => String::new(),
            other => format!(
                " # SKIP {other} {}",
                row.reason.as_deref().unwrap_or_default()
            ),
        };
        out.push_str(&format!("{ok} {} - {name}{directive}\n", index + 1));
        if row.is_failure() {
            out.push_str("  ---\n");
            for line in row.what_is_wrong().lines() {
                out.push_str(&format!("  # {line}\n"));
            }
            out.push_str("  ...\n");
        }
    }
    out
}
