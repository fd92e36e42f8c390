//! One HTML file with everything in it: index by area and ground; for each row why, references,
//! expected beside seen, the exchange with its bytes, and the command that runs it again.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::junit::escape;
use super::markdown::{again, headline};
use super::parse::{Loaded, Row};

const STYLE: &str = include_str!("report.css");

/// Bytes of a body that are shown in hexadecimal.
const SHOWN: usize = 2048;

/// The report as one page that needs nothing else.
pub fn html(report: &Loaded) -> String {
    let text = |name: &str| escape(report.header[name].as_str().unwrap_or_default());
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Conformance of {target}</title><style>{STYLE}</style></head><body>\n\
         <h1>Conformance of {target}</h1>\
         <p class=\"about\">{} · {} · {} · {}</p>\n",
        text("url"),
        text("region"),
        text("model"),
        text("started"),
        target = text("target"),
    );
    if report.footer["outcome"] != "finished" {
        let why = report.footer["why"].as_str().unwrap_or_default();
        out.push_str(&format!("<p class=\"bad\">Stopped: {}</p>\n", escape(why)));
    }
    out.push_str("<table><tr><th>level / ground<th>as expected<th>of</tr>\n");
    for (name, passed, of) in headline(report) {
        let class = match () {
            () if name.ends_with("assumed") => "grey",
            () if passed == of => "good",
            () => "bad",
        };
        out.push_str(&format!(
            "<tr class=\"{class}\"><td>{name}<td>{passed}<td>{of}</tr>\n"
        ));
    }
    out.push_str("</table>\n");
    let mut areas: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &report.rows {
        areas.entry(row.area()).or_default().push(row);
    }
    out.push_str("<nav>");
    for (area, rows) in &areas {
        let bad = rows.iter().any(|row| row.is_failure());
        out.push_str(&format!(
            "<a class=\"{}\" href=\"#{area}\">{area} {}</a> ",
            if bad { "bad" } else { "good" },
            rows.len()
        ));
    }
    out.push_str("</nav>\n");
    for (area, mut rows) in areas {
        // What failed is looked for first, everything else by its name.
        rows.sort_by_key(|row| (!row.is_failure(), row.full.as_str()));
        out.push_str(&format!("<h2 id=\"{area}\">{area}</h2>\n"));
        for row in rows {
            self::row(&mut out, row, report);
        }
    }
    out.push_str("</body></html>\n");
    out
}

fn row(out: &mut String, row: &Row, report: &Loaded) {
    let class = match row.verdict.as_str() {
        "pass" => "good",
        "fail" | "unexpected-pass" => "bad",
        _ => "grey",
    };
    let open = if row.is_failure() { " open" } else { "" };
    out.push_str(&format!(
        "<details class=\"{class}\"{open}><summary><b>{}</b> <code>{}</code> {} <i>{} {}</i></summary>\n",
        row.verdict,
        escape(&row.full),
        escape(&row.title),
        row.level,
        row.basis,
    ));
    if let Some(reason) = &row.reason {
        out.push_str(&format!("<p>{}</p>", escape(reason)));
    }
    if !row.why.is_empty() {
        out.push_str(&format!("<p>{}</p>", escape(&row.why)));
    }
    if let Some(date) = &row.date {
        out.push_str(&format!("<p>last look: {}</p>", escape(date)));
    }
    if !row.refs.is_empty() {
        out.push_str("<ul>");
        for reference in &row.refs {
            out.push_str(&format!("<li>{}</li>", escape(reference)));
        }
        out.push_str("</ul>");
    }
    for part in row.parts.iter().filter(|part| part.verdict != "pass") {
        out.push_str(&format!(
            "<p><b>{}</b> (step {}): {} {}</p>",
            escape(&part.part),
            part.step,
            escape(&part.verdict),
            escape(part.reason.as_deref().unwrap_or_default()),
        ));
        if part.findings.is_empty() {
            continue;
        }
        out.push_str("<table><tr><th>at<th>expected<th>seen</tr>");
        for (path, expected, seen) in &part.findings {
            out.push_str(&format!(
                "<tr><td><code>{}</code><td><code>{}</code><td><code>{}</code></tr>",
                escape(path),
                escape(expected),
                escape(seen)
            ));
        }
        out.push_str("</table>");
    }
    // What passed needs no evidence, and a thousand exchanges would be a heavy page.
    if row.verdict != "pass" {
        for (step, wire) in &row.exchanges {
            exchange(out, *step, wire);
        }
    }
    let again = escape(&again(report, &row.full));
    out.push_str(&format!("<pre>{again}</pre></details>\n"));
}

fn exchange(out: &mut String, step: u64, wire: &Value) {
    let text = |name: &str| {
        let head = wire[name].as_str().unwrap_or_default();
        escape(&format!("{}\n\n", head.replace("\r\n", "\n").trim_end()))
    };
    out.push_str(&format!(
        "<h3>step {step}</h3><div class=\"sides\"><pre>{}{}</pre><pre>{}{}</pre></div>",
        text("request_head"),
        body(&wire["request_body"]),
        text("response_head"),
        body(&wire["response_body"]),
    ));
    if let Some(cut) = wire["cut"].as_str() {
        out.push_str(&format!("<p class=\"bad\">{}</p>", escape(cut)));
    }
}

fn body(body: &Value) -> String {
    if let Some(text) = body["text"].as_str() {
        return escape(text);
    }
    let bytes = body["base64"]
        .as_str()
        .and_then(|text| STANDARD.decode(text).ok())
        .unwrap_or_default();
    let mut out = hex(&bytes[..bytes.len().min(SHOWN)]);
    if bytes.len() > SHOWN {
        out.push_str(&format!("… {} bytes in all", body["bytes"]));
    }
    escape(&out)
}

/// Offset, 16 bytes, and what of them can be read.
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
