//! One HTML file with everything in it: an index by area and basis; for each row why it matters, its
//! references, expected beside seen, the exchange, and the command that runs it again.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::headline::{Line, headline};
use super::parse::{Report, Row, RowVerdict};
use super::sanitize::sanitize;
use crate::case::BasisKind;
use crate::run::{BodyRecord, ExchangeRecord, PartRecord, Verdict};

const STYLE: &str = include_str!("report.css");

/// Bytes of a body that are shown in hexadecimal.
const SHOWN: usize = 2048;

/// Returns the report as one page that needs nothing else.
pub fn page(report: &Report) -> String {
    let header = &report.header;
    let mut areas: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &report.rows {
        areas.entry(row.area()).or_default().push(row);
    }
    for rows in areas.values_mut() {
        // Failures come first, everything else by its name.
        rows.sort_by_key(|row| (!row.is_failure(), row.full.as_str()));
    }
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Conformance of " (header.target) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Conformance of " (header.target) }
                p.about {
                    (header.url) " · " (header.region) " · " (header.model) " · " (header.started)
                }
                @if let Some(why) = report.stopped() {
                    p.bad { "Stopped: " (why) }
                }
                (numbers(&headline(report)))
                nav {
                    @for (area, rows) in &areas {
                        @let bad = rows.iter().any(|row| row.is_failure());
                        a class=(if bad { "bad" } else { "good" }) href={ "#" (area) } {
                            (area) " " (rows.len())
                        }
                        " "
                    }
                }
                @for (area, rows) in &areas {
                    h2 id=(area) { (area) }
                    @for row in rows {
                        (details(row, report))
                    }
                }
            }
        }
    };
    format!("{}\n", sanitize(&page.into_string()))
}

fn numbers(lines: &[Line]) -> Markup {
    let class = |line: &Line| match line.basis {
        BasisKind::Assumed => "grey",
        _ if line.passed == line.of => "good",
        _ => "bad",
    };
    html! {
        table {
            tr { th { "level / basis" } th { "as expected" } th { "of" } }
            @for line in lines {
                tr class=(class(line)) {
                    td { (line.name()) }
                    td { (line.passed) }
                    td { (line.of) }
                }
            }
        }
    }
}

fn details(row: &Row, report: &Report) -> Markup {
    let class = match row.verdict() {
        RowVerdict::Judged(Verdict::Pass) => "good",
        verdict if verdict.is_failure() => "bad",
        _ => "grey",
    };
    html! {
        details class=(class) open[row.is_failure()] {
            summary {
                b { (row.verdict().word()) } " "
                code { (row.full) } " "
                (row.title()) " "
                i {
                    @if let Some(about) = row.about() {
                        (about.level.word()) " " (about.basis.word())
                    }
                }
            }
            @if let Some(reason) = &row.skipped {
                p { (reason) }
            }
            @if let Some(about) = row.about() {
                p { (about.why) }
                @if let Some(date) = &about.date {
                    p { "last verified: " (date) }
                }
                @if !about.refs.is_empty() {
                    ul { @for reference in &about.refs { li { (reference) } } }
                }
            }
            @for part in row.parts.iter().filter(|part| part.verdict != Verdict::Pass) {
                (findings(part))
            }
            // A passed row needs no evidence, and a thousand exchanges would be a heavy page.
            @if !row.passed() {
                @for record in &row.exchanges {
                    (exchange(record))
                }
            }
            pre { (report.again(&row.full)) }
        }
    }
}

fn findings(part: &PartRecord) -> Markup {
    html! {
        p {
            b { (part.part.map_or("step", |part| part.word())) }
            " (step " (part.step) "): " (part.verdict.word()) " "
            (part.reason.as_deref().unwrap_or_default())
        }
        @if !part.findings.is_empty() {
            table {
                tr { th { "at" } th { "expected" } th { "seen" } }
                @for finding in &part.findings {
                    tr {
                        td { code { (finding.path) } }
                        td { code { (finding.expected) } }
                        td { code { (finding.seen) } }
                    }
                }
            }
        }
    }
}

fn exchange(record: &ExchangeRecord) -> Markup {
    let head = |head: &str| format!("{}\n\n", head.replace("\r\n", "\n").trim_end());
    let wire = &record.wire;
    html! {
        h3 { "step " (record.step) }
        div.sides {
            pre { (head(&wire.request_head)) (body(&wire.request_body)) }
            pre { (head(&wire.response_head)) (body(&wire.response_body)) }
        }
        @if let Some(cut) = &wire.cut {
            p.bad { (cut) }
        }
    }
}

fn body(body: &BodyRecord) -> String {
    if let Some(text) = &body.text {
        return text.clone();
    }
    let encoded = body.base64.as_deref().unwrap_or_default();
    let bytes = STANDARD.decode(encoded).unwrap_or_default();
    let mut out = hex(&bytes[..bytes.len().min(SHOWN)]);
    if bytes.len() > SHOWN {
        out.push_str(&format!("… {} bytes in all", body.bytes));
    }
    out
}

/// Writes offset, 16 bytes, and those of them that are printable.
fn hex(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (index, line) in bytes.chunks(16).enumerate() {
        let codes: String = line.iter().map(|byte| format!("{byte:02x} ")).collect();
        let text: String = line
            .iter()
            .map(|byte| match byte {
                0x20..=0x7e => char::from(*byte),
                _ => '.',
            })
            .collect();
        out.push_str(&format!("{:06x}  {codes:<48} {text}\n", index * 16));
    }
    out
}
