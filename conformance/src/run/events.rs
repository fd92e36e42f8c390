//! What a run tells, one JSON object a line. Everything else is derived from these lines.
//!
//! `header`, then for each step an `exchange` and one `part` for each part that was judged, or a
//! `skip`; `footer` at the end. A report without footer is no report: its run was killed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::judge::Finding;
use crate::wire::Exchange;

/// Version of the format.
pub(super) const FORMAT: u64 = 1;

/// Bytes of a body that are kept.
const KEPT: usize = 64 * 1024;

/// One line.
#[derive(Debug, Clone)]
pub enum Event {
    /// The first.
    Header(Box<Header>),
    /// What went over the wire.
    Exchange(ExchangeRecord),
    /// One part's verdict.
    Part(PartRecord),
    /// A row that was not run.
    Skip {
        /// Case.
        case: String,
        /// Row.
        row: Option<String>,
        /// Why.
        reason: String,
    },
    /// The last.
    Footer(Footer),
}

/// What was judged, by what, when.
#[derive(Debug, Clone)]
pub struct Header {
    /// The suite's version.
    pub suite: String,
    /// Hash of all case files.
    pub revision: String,
    /// The target's name.
    pub target: String,
    /// Its version, where it tells one.
    pub version: Option<String>,
    /// Where it was.
    pub url: String,
    /// Its region.
    pub region: String,
    /// The service models' package version.
    pub model: String,
    /// Hash of the service models and what the suite knows beyond them.
    pub model_hash: String,
    /// Rows that were selected.
    pub selected: usize,
    /// `i/n`.
    pub shard: Option<(u32, u32)>,
    /// What was asked for: ids, kinds of ground, levels.
    pub selection: Value,
    /// What the target was told, secrets removed.
    pub config: Value,
    /// Hash of the declared deviations; empty for none.
    pub deviations: String,
    /// The command that runs again what stands behind it.
    pub again: String,
    /// Rows derived from the service model that were left out.
    pub left_out: usize,
    /// RFC 3339.
    pub started: String,
    /// Kinds of ground that count.
    pub counts: Vec<String>,
}

/// What went over the wire in one step.
#[derive(Debug, Clone)]
pub struct ExchangeRecord {
    /// Case.
    pub case: String,
    /// Row.
    pub row: Option<String>,
    /// Step, from 0.
    pub step: usize,
    /// Request and answer as JSON, secrets removed.
    pub wire: Value,
}

/// One part's verdict, with what is needed to read it alone.
#[derive(Debug, Clone)]
pub struct PartRecord {
    /// Case.
    pub case: String,
    /// Row.
    pub row: Option<String>,
    /// Step, from 0.
    pub step: usize,
    /// Part; none where the step as a whole could not be judged.
    pub part: Option<&'static str>,
    /// The verdict.
    pub verdict: Verdict,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Why a verdict is what it is, where findings do not say it.
    pub reason: Option<String>,
    /// The case's title.
    pub title: String,
    /// Its why.
    pub why: String,
    /// Its basis.
    pub basis: &'static str,
    /// The day of that basis.
    pub date: Option<String>,
    /// Its level.
    pub level: &'static str,
    /// Its references, as `kind: to`.
    pub refs: Vec<String>,
}

/// How a part was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// As expected.
    Pass,
    /// Not as expected.
    Fail,
    /// Not as expected, but the case is no obligation (level info, or a ground that does not
    /// count for this target).
    Told,
    /// Not as expected, and a declared deviation says so.
    Deviates,
    /// As expected although a deviation says otherwise: the deviation is out of date.
    UnexpectedPass,
    /// Not as expected, and the case itself is in doubt.
    Doubted,
    /// The service was too busy to tell.
    Inconclusive,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Pass,
        Self::Fail,
        Self::Told,
        Self::Deviates,
        Self::UnexpectedPass,
        Self::Doubted,
        Self::Inconclusive,
    ];

    /// As reports spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Told => "told",
            Self::Deviates => "deviates",
            Self::UnexpectedPass => "unexpected-pass",
            Self::Doubted => "doubted",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// Rows by the worst verdict of their parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Every part passed.
    pub passed: usize,
    /// Some part failed.
    pub failed: usize,
    /// Some part differs, which is only told.
    pub told: usize,
    /// Some part deviates as declared.
    pub deviating: usize,
    /// Some deviation is out of date.
    pub unexpected_passes: usize,
    /// In doubt.
    pub doubted: usize,
    /// Too busy.
    pub inconclusive: usize,
    /// Not run.
    pub skipped: usize,
}

/// How the run ended.
#[derive(Debug, Clone)]
pub struct Footer {
    /// Whether every selected row was run or skipped with a reason.
    pub finished: bool,
    /// Why not.
    pub why: Option<String>,
    /// Rows.
    pub counts: Counts,
    /// Dollars.
    pub spent: f64,
    /// Milliseconds.
    pub elapsed_ms: u64,
    /// The exit code's number.
    pub exit: u8,
}

impl Event {
    /// The line without its end.
    pub fn line(&self) -> String {
        match self {
            Self::Header(header) => json!({
                "event": "header",
                "format": FORMAT,
                "suite": header.suite,
                "revision": header.revision,
                "target": header.target,
                "version": header.version,
                "url": header.url,
                "region": header.region,
                "model": header.model,
                "model_hash": header.model_hash,
                "selected": header.selected,
                "shard": header.shard.map(|(part, of)| format!("{part}/{of}")),
                "selection": header.selection,
                "config": header.config,
                "deviations": header.deviations,
                "again": header.again,
                "left_out": header.left_out,
                "started": header.started,
                "counts": header.counts,
            }),
            Self::Exchange(record) => {
                let mut line = named("exchange", &record.case, record.row.as_deref());
                line.insert("step".to_owned(), record.step.into());
                line.insert("wire".to_owned(), record.wire.clone());
                Value::Object(line)
            }
            Self::Part(record) => part(record),
            Self::Skip { case, row, reason } => {
                let mut line = named("skip", case, row.as_deref());
                line.insert("reason".to_owned(), reason.clone().into());
                Value::Object(line)
            }
            Self::Footer(footer) => json!({
                "event": "footer",
                "outcome": if footer.finished { "finished" } else { "stopped" },
                "why": footer.why,
                "passed": footer.counts.passed,
                "failed": footer.counts.failed,
                "told": footer.counts.told,
                "deviating": footer.counts.deviating,
                "unexpected_passes": footer.counts.unexpected_passes,
                "doubted": footer.counts.doubted,
                "inconclusive": footer.counts.inconclusive,
                "skipped": footer.counts.skipped,
                "spent_usd": footer.spent,
                "elapsed_ms": footer.elapsed_ms,
                "exit": footer.exit,
            }),
        }
        .to_string()
    }
}

fn named(event: &str, case: &str, row: Option<&str>) -> Map<String, Value> {
    let mut line = Map::new();
    line.insert("event".to_owned(), event.into());
    line.insert("case".to_owned(), case.into());
    line.insert("row".to_owned(), row.into());
    line
}

fn part(record: &PartRecord) -> Value {
    let mut line = named("part", &record.case, record.row.as_deref());
    let findings: Vec<Value> = record
        .findings
        .iter()
        .map(|finding| {
            json!({"path": finding.path, "expected": finding.expected, "seen": finding.seen})
        })
        .collect();
    let rest = json!({
        "step": record.step,
        "part": record.part,
        "verdict": record.verdict.word(),
        "findings": findings,
        "reason": record.reason,
        "title": record.title,
        "why": record.why,
        "basis": record.basis,
        "date": record.date,
        "level": record.level,
        "refs": record.refs,
    });
    if let Value::Object(rest) = rest {
        line.extend(rest);
    }
    Value::Object(line)
}

/// An exchange as JSON: heads as text with credentials removed, bodies as text or base64.
pub(crate) fn wire(exchange: &Exchange) -> Value {
    let mut head = format!("HTTP/1.1 {}\r\n", exchange.status);
    for (name, value) in &exchange.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let millis =
        |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    json!({
        "request_head": without_secrets(&exchange.request_head),
        "request_body": body(&exchange.request_body),
        "response_head": head,
        "response_body": body(&exchange.body),
        "chunks": exchange.chunks.len(),
        "cut": exchange.cut,
        "first_byte_ms": millis(exchange.first_byte),
        "total_ms": millis(exchange.total),
    })
}

fn body(bytes: &[u8]) -> Value {
    let cut = &bytes[..bytes.len().min(KEPT)];
    let mut out = Map::new();
    out.insert("bytes".to_owned(), bytes.len().into());
    match std::str::from_utf8(cut) {
        Ok(text) => out.insert("text".to_owned(), text.into()),
        Err(_) => out.insert("base64".to_owned(), STANDARD.encode(cut).into()),
    };
    Value::Object(out)
}

/// Credentials become `…`: whole API keys, signatures, session tokens, in headers and queries.
fn without_secrets(head: &str) -> String {
    let mut out = String::new();
    for (index, line) in head.split("\r\n").enumerate() {
        if index > 0 {
            out.push_str("\r\n");
        }
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        match name.to_ascii_lowercase().as_str() {
            "authorization" => {
                let scheme = value.split(' ').next().unwrap_or_default();
                out.push_str(&format!("{name}: {scheme} …"));
            }
            "x-amz-security-token" | "x-api-key" => out.push_str(&format!("{name}: …")),
            _ if index == 0 => out.push_str(&without_query_secrets(line)),
            _ => out.push_str(line),
        }
    }
    out
}

fn without_query_secrets(line: &str) -> String {
    let mut line = line.to_owned();
    for name in ["X-Amz-Signature=", "X-Amz-Security-Token="] {
        if let Some(at) = line.find(name) {
            let from = at + name.len();
            let to = line[from..]
                .find(['&', ' '])
                .map_or(line.len(), |length| from + length);
            line.replace_range(from..to, "…");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_no_part_of_a_report() {
        let head = "POST /x?X-Amz-Security-Token=abc&X-Amz-Signature=def HTTP/1.1\r\n\
                    authorization: Bearer ABSKsecret\r\nX-Amz-Security-Token: tok\r\nHost: h\r\n\r\n";
        assert_eq!(
            without_secrets(head),
            "POST /x?X-Amz-Security-Token=…&X-Amz-Signature=… HTTP/1.1\r\n\
             authorization: Bearer …\r\nX-Amz-Security-Token: …\r\nHost: h\r\n\r\n"
        );
    }
}
