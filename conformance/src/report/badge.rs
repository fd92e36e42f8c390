//! A badge as shields.io reads it: what counts most, must / observed.

use serde_json::json;

use super::markdown::headline;
use super::parse::Loaded;

/// The report as an endpoint badge.
pub fn badge(report: &Loaded) -> String {
    let first = headline(report)
        .into_iter()
        .find(|(name, ..)| name == "must / observed");
    let failed = report.rows.iter().any(super::parse::Row::is_failure);
    let (message, color) = match first {
        None => ("nothing observed was judged".to_owned(), "lightgrey"),
        Some((_, passed, of)) => (
            format!("{passed} of {of} observed"),
            match (passed == of, failed) {
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
