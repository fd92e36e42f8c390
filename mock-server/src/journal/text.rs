//! Entries for people.

use std::fmt::Write as _;
use std::sync::Arc;

use time::OffsetDateTime;

use super::body::Body;
use super::entry::Entry;
use super::filter::EndedFilter;

/// Requests with their bodies, of each body at most `body_limit` characters; for the message of a
/// test that failed.
pub fn list(entries: &[Arc<Entry>], body_limit: usize) -> String {
    if entries.is_empty() {
        return "no request was received\n".into();
    }
    let mut out = String::new();
    for entry in entries {
        let _ = writeln!(out, "{}", line(entry));
        if let Some(refusal) = &entry.refusal {
            let why = refusal.hint.as_deref().unwrap_or(&refusal.message);
            let _ = writeln!(out, "    refused ({}): {why}", refusal.row);
        }
        if let Some(body) = shown(&entry.request.body, body_limit) {
            let _ = writeln!(out, "    body: {body}");
        }
    }
    out
}

/// One request in one line.
pub(super) fn line(entry: &Entry) -> String {
    let time = OffsetDateTime::from(entry.time);
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let mut out = format!(
        "#{} {hour:02}:{minute:02}:{second:02}.{:03} {}",
        entry.number,
        time.millisecond(),
        entry.account
    );
    match (&entry.operation, &entry.model) {
        (Some(operation), Some(model)) => {
            let _ = write!(
                out,
                " {operation} {}",
                model.id.as_deref().unwrap_or(&model.asked)
            );
        }
        (Some(operation), None) => {
            let _ = write!(out, " {operation}");
        }
        (None, _) => {
            let _ = write!(out, " {} {}", entry.request.method, entry.request.target);
        }
    }
    match entry.status() {
        Some(status) => {
            let _ = write!(out, " → {status}");
        }
        None => out.push_str(" → no answer"),
    }
    if let Some(refusal) = entry.refusal.as_ref().filter(|r| !r.kind.is_empty()) {
        let _ = write!(out, " {}", refusal.kind);
    }
    if let Some(scenario) = &entry.scenario {
        let _ = write!(out, ", scenario {} reply {}", scenario.name, scenario.step);
    }
    for fault in &entry.faults {
        let _ = write!(out, ", fault {fault}");
    }
    if entry.attempt > 1 {
        let _ = write!(out, ", attempt {}", entry.attempt);
    }
    let ended = EndedFilter::from(entry.ending().map(|e| e.how));
    if ended != EndedFilter::Complete {
        let _ = write!(out, ", {ended}");
    }
    out
}

fn shown(body: &Body, limit: usize) -> Option<String> {
    if body.size() == 0 {
        return None;
    }
    let Some(text) = body.text() else {
        return Some(format!("{} bytes", body.size()));
    };
    Some(match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], body.size()),
        None => text.to_owned(),
    })
}
