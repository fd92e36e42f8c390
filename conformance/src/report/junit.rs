//! JUnit XML, as CI systems read it: areas are suites, rows are test cases.

use std::collections::BTreeMap;

use super::parse::{Loaded, Row};
use super::sanitize::sanitize;

/// The report as JUnit XML.
pub fn junit(report: &Loaded) -> String {
    let mut areas: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &report.rows {
        areas.entry(row.area()).or_default().push(row);
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let count = |rows: &[&Row], wanted: &dyn Fn(&Row) -> bool| {
        rows.iter().filter(|row| wanted(row)).count()
    };
    let all: Vec<&Row> = report.rows.iter().collect();
    out.push_str(&format!(
        "<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n",
        escape(report.target()),
        all.len() + usize::from(report.stopped().is_some()),
        count(&all, &Row::is_failure),
        count(&all, &Row::is_inconclusive) + usize::from(report.stopped().is_some())
    ));
    if let Some(why) = report.stopped() {
        // A run that stopped is no run that passed, whatever its rows say.
        out.push_str(&format!(
            " <testsuite name=\"run\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n  \
             <testcase classname=\"run\" name=\"finished\">\n   <error message=\"stopped: {}\"/>\n  \
             </testcase>\n </testsuite>\n",
            escape(why)
        ));
    }
    for (area, rows) in areas {
        out.push_str(&format!(
            " <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" \
             skipped=\"{}\">\n",
            escape(area),
            rows.len(),
            count(&rows, &Row::is_failure),
            count(&rows, &Row::is_inconclusive),
            count(&rows, &|row| !row.is_failure()
                && !row.is_inconclusive()
                && row.verdict != "pass")
        ));
        for row in rows {
            out.push_str(&format!(
                "  <testcase classname=\"{}\" name=\"{}\"",
                escape(area),
                escape(&row.full)
            ));
            if row.verdict == "pass" {
                out.push_str("/>\n");
                continue;
            }
            out.push_str(">\n");
            if row.is_failure() {
                out.push_str(&format!(
                    "   <failure message=\"{}\">{}why: {}</failure>\n",
                    escape(&row.title),
                    escape(&row.what_is_wrong()),
                    escape(&row.why)
                ));
            } else if row.is_inconclusive() {
                out.push_str(&format!(
                    "   <error message=\"inconclusive\">{}</error>\n",
                    escape(&row.what_is_wrong())
                ));
            } else {
                let why = row.reason.clone().unwrap_or_else(|| row.what_is_wrong());
                out.push_str(&format!(
                    "   <skipped message=\"{}: {}\"/>\n",
                    row.verdict,
                    escape(why.trim())
                ));
            }
            out.push_str("  </testcase>\n");
        }
        out.push_str(" </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// For text and attributes; characters that XML cannot hold are written out, or become `?`.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in sanitize(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(character),
            '\u{fffe}' | '\u{ffff}' => out.push('?'),
            c => out.push(c),
        }
    }
    out
}
