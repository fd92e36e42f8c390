//! A badge in the form that shields.io reads. It shows what counts most: must / observed.

use serde_json::json;

use super::headline::headline;
use super::parse::{Report, Row};
use crate::case::{BasisKind, Level};

/// Returns the report as an endpoint badge.
pub fn badge(report: &Report) -> String {
    let first = headline(report)
        .into_iter()
        .find(|line| (line.level, line.basis) == (Level::Must, BasisKind::Observed));
    let failed = report.rows.iter().any(Row::is_failure);
    let (message, color) = match first {
        None => ("no observed case was judged".to_owned(), "lightgrey"),
        Some(line) => (
            format!("{} of {} observed", line.passed, line.of),
            match (line.passed == line.of, failed) {
                (true, false) => "brightgreen",
                (true, true) => "yellow",
                (false, _) => "red",
            },
        ),
    };
    let badge = json!({
        "schemaVersion": 1,
        "label": "bedrock conformance",
        "message": message,
        "color": color,
    });
    format!("{badge}\n")
}
