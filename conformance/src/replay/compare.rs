//! Compares the form of a new answer with that of the recorded one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::eras::Eras;
use super::recording::Recording;
use crate::judge::{Finding, Part};
use crate::wire::{Exchange, Framed, View};

/// Returns the differences; none if the new answer has the recorded form.
pub fn compare(recording: &Recording, exchange: &Exchange, eras: &Eras) -> Vec<Finding> {
    let new = eras.before(recording.date.as_deref());
    let mut found = Vec::new();
    if recording.status != exchange.status {
        let seen = format!("{} {}", exchange.status, exchange.text_brief());
        let expected = recording.status.to_string();
        found.push(Finding::new(Part::Status, "", &expected, &seen));
        // Another status has another form; further differences would hide the cause.
        return found;
    }
    headers(recording, exchange, &mut found);
    let recorded = Exchange::recorded(
        recording.status,
        recording.answer_headers.clone(),
        recording.body.clone(),
    );
    if recorded.is_event_stream() {
        streams(&recorded, exchange, &new, &mut found);
    } else {
        bodies(recording, &recorded, exchange, &new, &mut found);
    }
    found
}

/// Reports whether a header is the service's own; recorders and proxies add others.
fn own(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(
        name.as_str(),
        "date"
            | "content-type"
            | "content-length"
            | "transfer-encoding"
            | "connection"
            | "x-amzn-requestid"
            | "x-amzn-errortype"
    ) || name.starts_with("x-amzn-bedrock-")
}

fn headers(recording: &Recording, exchange: &Exchange, found: &mut Vec<Finding>) {
    let recorded: Vec<&(String, String)> = recording
        .answer_headers
        .iter()
        .filter(|(name, _)| own(name))
        .collect();
    for (name, value) in &recorded {
        let seen = exchange.header(name);
        let fixed = name.eq_ignore_ascii_case("content-type")
            || name.eq_ignore_ascii_case("x-amzn-errortype")
            || name.eq_ignore_ascii_case("x-amzn-bedrock-content-type");
        // Some recorders redact values.
        let wiped = value.contains("REDACTED");
        // The recorder's client decides how the length of a body is sent.
        let length = ["content-length", "transfer-encoding", "connection"]
            .iter()
            .any(|of| name.eq_ignore_ascii_case(of));
        if length && !recording.keeps_order {
            continue;
        }
        if seen.is_none() || (fixed && !wiped && seen != Some(value)) {
            let seen = seen.unwrap_or("no such header");
            found.push(Finding::new(Part::Headers, name, value, seen));
        }
    }
    // Only where the recorder kept all headers is a further one a difference.
    if recording.keeps_order {
        let shown = |name: &str| {
            if recording.keeps_case {
                name.to_owned()
            } else {
                name.to_ascii_lowercase()
            }
        };
        let expected: Vec<String> = recorded.iter().map(|(name, _)| shown(name)).collect();
        let seen: Vec<String> = exchange
            .headers
            .iter()
            .filter(|(name, _)| own(name))
            .map(|(name, _)| shown(name))
            .collect();
        if expected != seen {
            let (expected, seen) = (expected.join(", "), seen.join(", "));
            found.push(Finding::of_order(Part::Headers, "order", &expected, &seen));
        }
    }
}

fn bodies(
    recording: &Recording,
    recorded: &Exchange,
    exchange: &Exchange,
    new: &[&str],
    found: &mut Vec<Finding>,
) {
    let (Some(expected), Some(seen)) = (recorded.json(), exchange.json()) else {
        if recorded.json().is_some() != exchange.json().is_some() {
            let expected = recorded.text_brief();
            found.push(Finding::new(
                Part::Body,
                "",
                &expected,
                &exchange.text_brief(),
            ));
        }
        return;
    };
    names(expected, seen, "", recording.exact, new, found);
    if recording.status >= 400 {
        let text = |body: &Value| body.get("message").or(body.get("Message")).cloned();
        if text(expected) != text(seen) {
            let shown = |body: &Value| text(body).unwrap_or_default().to_string();
            let (expected, seen) = (shown(expected), shown(seen));
            found.push(Finding::new(Part::Body, "/message", &expected, &seen));
        }
    }
    for member in ["usage", "metrics", "output"] {
        if let (Some(expected), Some(seen)) = (expected.get(member), seen.get(member)) {
            let path = format!("/{member}");
            names(expected, seen, &path, recording.exact, new, found);
        }
    }
}

/// Compares the names of an object's members, and their order where the recorder kept it.
fn names(
    expected: &Value,
    seen: &Value,
    path: &str,
    exact: bool,
    new: &[&str],
    found: &mut Vec<Finding>,
) {
    let list = |value: &Value| {
        let mut names: Vec<String> = value
            .as_object()
            .map(|members| members.keys().cloned().collect())
            .unwrap_or_default();
        names.retain(|name| !new.contains(&name.as_str()) || expected.get(name).is_some());
        if !exact {
            names.sort();
        }
        names.join(", ")
    };
    let (expected, seen) = (list(expected), list(seen));
    if expected != seen {
        found.push(Finding::new(Part::Body, path, &expected, &seen));
    }
}

fn streams(recorded: &Exchange, exchange: &Exchange, new: &[&str], found: &mut Vec<Finding>) {
    let (expected, seen) = (recorded.events(View::Events), exchange.events(View::Events));
    if let Framed::Broken(events, fault) = &seen {
        let path = format!("/{}", events.len());
        found.push(Finding::new(Part::Stream, &path, "complete frames", fault));
    }
    let (expected_names, seen_names) = (sentence(&expected), sentence(&seen));
    if expected_names != seen_names {
        found.push(Finding::new(Part::Stream, "", &expected_names, &seen_names));
    }
    let (expected, seen) = (members(&expected), members(&seen));
    for (name, expected) in &expected {
        let Some(seen) = seen.get(name) else {
            continue;
        };
        let seen: Vec<&str> = seen
            .iter()
            .copied()
            .filter(|member| !new.contains(member) || expected.contains(member))
            .collect();
        if seen != *expected {
            let path = format!("/{name}");
            let (expected, seen) = (expected.join(", "), seen.join(", "));
            found.push(Finding::new(Part::Stream, &path, &expected, &seen));
        }
    }
}

/// Returns the names of events. Blocks come in any number, so each kind is listed once in a row.
fn sentence(framed: &Framed) -> String {
    let mut names: Vec<&str> = Vec::new();
    for event in framed.events() {
        if names.last() != Some(&event.name.as_str()) {
            names.push(&event.name);
        }
    }
    // A text block is delta and stop; their number belongs to the content, not to the form.
    let mut out: Vec<&str> = Vec::new();
    for name in names {
        let block = |name: &str| name.starts_with("contentBlock");
        if block(name) && out.contains(&name) {
            continue;
        }
        out.push(name);
    }
    out.join(" ")
}

/// Returns the names of the members of the first event of each kind, in order.
fn members(framed: &Framed) -> BTreeMap<&str, Vec<&str>> {
    let mut out = BTreeMap::new();
    for event in framed.events() {
        out.entry(event.name.as_str()).or_insert_with(|| {
            event
                .body
                .as_ref()
                .and_then(Value::as_object)
                .map(|members| members.keys().map(String::as_str).collect())
                .unwrap_or_default()
        });
    }
    out
}
