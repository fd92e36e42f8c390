//! What the case's author expects, part by part.

use serde_json::Value;

use super::compare::compare;
use super::judge_error::JudgeError;
use super::{Finding, Part, error, stream};
use crate::case::{End, Expect, Timing};
use crate::pattern;
use crate::reference_data::ReferenceData;
use crate::template::Bindings;
use crate::wire::{EventKind, Exchange, Framed, View};

pub(super) fn findings(
    reference: &ReferenceData,
    expect: &Expect,
    bindings: &Bindings,
    exchange: &Exchange,
    found: &mut Vec<Finding>,
) -> Result<(), JudgeError> {
    if let Some(status) = &expect.status {
        compare(
            reference,
            Part::Status,
            "",
            &bindings.value(status)?,
            &Value::from(exchange.status),
            found,
        );
    }
    for (name, pattern) in &expect.headers {
        header(reference, name, &bindings.value(pattern)?, exchange, found);
    }
    if let Some(names) = &expect.header_names {
        header_names(names, exchange, found);
    }
    if let Some(expected) = &expect.error {
        error::findings(reference, expected, bindings, exchange, found)?;
    }
    body(reference, expect, bindings, exchange, found)?;
    if let Some(expected) = &expect.stream {
        stream::findings(reference, expected, bindings, exchange, found)?;
    }
    end(expect, exchange, found);
    timing(expect.timing, exchange, found);
    Ok(())
}

/// All names, in order and case; and those that clients read alone, since they bind every target.
fn header_names(names: &[String], exchange: &Exchange, found: &mut Vec<Finding>) {
    for name in names {
        let read = name.to_ascii_lowercase();
        let read = read == "content-type" || read.starts_with("x-amzn-");
        if read && exchange.header(name).is_none() {
            found.push(Finding::new(
                Part::Headers,
                name,
                "the header",
                "no such header",
            ));
        }
    }
    let seen: Vec<&str> = exchange
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    if seen != *names {
        let (names, seen) = (names.join(", "), seen.join(", "));
        found.push(Finding::of_order(Part::Headers, "order", &names, &seen));
    }
}

fn header(
    reference: &ReferenceData,
    name: &str,
    pattern: &Value,
    exchange: &Exchange,
    found: &mut Vec<Finding>,
) {
    let values: Vec<&str> = exchange.header_values(name).collect();
    if pattern["$absent"] == true {
        if !values.is_empty() {
            found.push(Finding::new(
                Part::Headers,
                name,
                "no such header",
                &values.join(", "),
            ));
        }
        return;
    }
    match values[..] {
        [] => found.push(Finding::new(
            Part::Headers,
            name,
            &pattern::brief(pattern),
            "no such header",
        )),
        [value] => {
            // Numbers in headers are text; a pattern may speak of the number.
            let number = value.parse::<u64>().ok().map(Value::from);
            let text = Value::String(value.to_owned());
            let mut as_text = Vec::new();
            compare(reference, Part::Headers, name, pattern, &text, &mut as_text);
            if let Some(number) = number {
                let mut as_number = Vec::new();
                compare(
                    reference,
                    Part::Headers,
                    name,
                    pattern,
                    &number,
                    &mut as_number,
                );
                if as_number.is_empty() {
                    return;
                }
            }
            found.append(&mut as_text);
        }
        _ => found.push(Finding::new(
            Part::Headers,
            name,
            "the header once",
            &values.join(" | "),
        )),
    }
}

fn body(
    reference: &ReferenceData,
    expect: &Expect,
    bindings: &Bindings,
    exchange: &Exchange,
    found: &mut Vec<Finding>,
) -> Result<(), JudgeError> {
    if let Some(text) = &expect.text {
        let seen = Value::String(String::from_utf8_lossy(&exchange.body).into_owned());
        compare(
            reference,
            Part::Body,
            "",
            &bindings.value(text)?,
            &seen,
            found,
        );
    }
    if expect.body.is_none() && expect.absent.is_empty() && !expect.sorted_keys {
        return Ok(());
    }
    let Some(value) = exchange.json() else {
        found.push(Finding::new(
            Part::Body,
            "",
            "JSON, or XML of a query service",
            &exchange.text_brief(),
        ));
        return Ok(());
    };
    if let Some(pattern) = &expect.body {
        compare(
            reference,
            Part::Body,
            "",
            &bindings.value(pattern)?,
            value,
            found,
        );
    }
    for pointer in &expect.absent {
        if let Some(there) = value.pointer(pointer) {
            found.push(Finding::new(
                Part::Body,
                pointer,
                "nothing there",
                &pattern::brief(there),
            ));
        }
    }
    if expect.sorted_keys {
        sorted(value, "", found);
    }
    Ok(())
}

/// Names are sorted at every depth, but in free-form documents, which keep their author's order.
fn sorted(value: &Value, path: &str, found: &mut Vec<Finding>) {
    match value {
        Value::Object(members) => {
            if !members.keys().is_sorted() {
                let names: Vec<&str> = members.keys().map(String::as_str).collect();
                found.push(Finding::of_order(
                    Part::Body,
                    path,
                    "names in alphabetical order",
                    &names.join(", "),
                ));
            }
            for (name, member) in members {
                if !matches!(
                    name.as_str(),
                    "input" | "json" | "additionalModelResponseFields"
                ) {
                    sorted(member, &format!("{path}/{name}"), found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                sorted(item, &format!("{path}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn end(expect: &Expect, exchange: &Exchange, found: &mut Vec<Finding>) {
    let exception = exchange.is_event_stream()
        && exchange
            .events(View::Events)
            .events()
            .last()
            .is_some_and(|event| event.kind == EventKind::Exception);
    // What has no frame at all has no last one.
    let broken = exchange.is_event_stream()
        && matches!(exchange.events(View::Events), Framed::Broken(events, _) if !events.is_empty());
    let seen = match &exchange.cut {
        Some(cut) => (End::Cut, cut.as_str()),
        None if broken => (End::Cut, "the last frame is broken"),
        None if exception => (End::Exception, "an exception is the last event"),
        None => (End::Clean, "it ends clean"),
    };
    if let Some(expected) = expect.end
        && seen.0 != expected
    {
        let words = match expected {
            End::Clean => "a clean end",
            End::Exception => "an exception as the last event",
            End::Cut => "a cut before the end",
        };
        found.push(Finding::new(Part::End, "", words, seen.1));
    }
    if let Some(keep_alive) = expect.keep_alive
        && exchange.open != keep_alive
    {
        let words = |open| {
            if open {
                "the connection stays open"
            } else {
                "the connection is closed"
            }
        };
        found.push(Finding::new(
            Part::End,
            "connection",
            words(keep_alive),
            words(exchange.open),
        ));
    }
}

fn timing(expect: Timing, exchange: &Exchange, found: &mut Vec<Finding>) {
    let bands = [
        (
            "first byte",
            expect.first_byte_below_ms,
            exchange.first_byte,
        ),
        ("whole answer", expect.total_below_ms, exchange.total),
    ];
    for (what, below, seen) in bands {
        if let Some(below) = below
            && seen.as_millis() >= u128::from(below)
        {
            found.push(Finding::new(
                Part::Timing,
                what,
                &format!("within {below} ms"),
                &format!("{} ms", seen.as_millis()),
            ));
        }
    }
    if expect.incremental {
        let framed = exchange.events(View::Events);
        let first = framed.events().first().map(|event| event.at);
        let last = exchange.arrivals.last().map(|(_, at)| *at);
        if first.is_none() || first >= last {
            found.push(Finding::new(
                Part::Timing,
                "first event",
                "before the last byte",
                "all bytes came at once",
            ));
        }
    }
}
