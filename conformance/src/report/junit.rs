//! JUnit XML, as CI systems read it: areas are suites, rows are test cases.

use std::collections::BTreeMap;

use super::load::{Loaded, Row};

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
        "<testsuites name=\"{}\" tests=\"{}\" failures=\"{}\">\n",
        escape(report.header["target"].as_str().unwrap_or_default()),
        all.len(),
        count(&all, &Row::is_failure)
    ));
    for (area, rows) in areas {
        out.push_str(&format!(
            " <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
            escape(area),
            rows.len(),
            count(&rows, &Row::is_failure),
            count(&rows, &|row| !row.is_failure() && row.verdict != "pass")
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

/// For text and attributes; characters that XML cannot hold become `?`.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(character),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('?'),
            c => out.push(c),
        }
    }
    out
}
