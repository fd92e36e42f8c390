//! Events: their grammar, single payloads, joined texts.

use serde_json::Value;

use super::compare::compare;
use super::judge_error::JudgeError;
use super::{Finding, Part};
use crate::case::{EventCheck, ExpectedStream, Which};
use crate::reference_data::ReferenceData;
use crate::template::Bindings;
use crate::wire::{Event, Exchange, Framed, View};

pub(super) fn findings(
    reference: &ReferenceData,
    expected: &ExpectedStream,
    bindings: &Bindings,
    exchange: &Exchange,
    found: &mut Vec<Finding>,
) -> Result<(), JudgeError> {
    let framed = exchange.events(expected.view);
    if let Framed::Broken(events, fault) = &framed {
        let what = match expected.view {
            View::Events => "whole frames with right checksums",
            View::Chunks => "chunk events that hold JSON in base64",
            View::Sse => "server-sent events",
        };
        let at = format!("/{}", events.len());
        found.push(Finding::new(Part::Stream, &at, what, fault));
        // Without any event all else would be the same fault again.
        if events.is_empty() {
            return Ok(());
        }
    }
    let events = framed.events();
    if let Some(grammar) = &expected.grammar {
        let names = || events.iter().map(|event| event.name.as_str());
        if !grammar.accepts(names()) {
            found.push(Finding::new(
                Part::Stream,
                "",
                &grammar.text,
                &counted(names()),
            ));
        }
    }
    for check in &expected.events {
        event(reference, check, bindings, events, found)?;
    }
    for (pointer, pattern) in &expected.joined {
        let joined: String = events
            .iter()
            .filter_map(|event| event.body.as_ref()?.pointer(pointer)?.as_str())
            .collect();
        compare(
            reference,
            Part::Stream,
            pointer,
            &bindings.value(pattern)?,
            &Value::String(joined),
            found,
        );
    }
    Ok(())
}

/// `a b*3 c`: equal neighbours are counted.
fn counted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut runs: Vec<(&str, usize)> = Vec::new();
    for name in names {
        match runs.last_mut() {
            Some((last, times)) if *last == name => *times += 1,
            _ => runs.push((name, 1)),
        }
    }
    if runs.is_empty() {
        return "no event".to_owned();
    }
    let words: Vec<String> = runs
        .iter()
        .map(|(name, times)| match times {
            1 => (*name).to_owned(),
            times => format!("{name}*{times}"),
        })
        .collect();
    words.join(" ")
}

fn event(
    reference: &ReferenceData,
    check: &EventCheck,
    bindings: &Bindings,
    events: &[Event],
    found: &mut Vec<Finding>,
) -> Result<(), JudgeError> {
    let pattern = bindings.value(&check.body)?;
    let named: Vec<(usize, &Event)> = events
        .iter()
        .enumerate()
        .filter(|(_, event)| event.name == check.name)
        .collect();
    let differences = |index: usize, event: &Event| {
        let mut inner = Vec::new();
        let null = Value::Null;
        let body = event.body.as_ref().unwrap_or(&null);
        let prefix = format!("/{index}/{}", check.name);
        compare(reference, Part::Stream, &prefix, &pattern, body, &mut inner);
        inner
    };
    let none = |what: &str| {
        Finding::new(
            Part::Stream,
            "",
            what,
            &counted(events.iter().map(|event| event.name.as_str())),
        )
    };
    let picked = match check.which {
        Which::First => named.first(),
        Which::Last => named.last(),
        Which::Nth(nth) => named.get(nth),
        Which::Each => {
            if named.is_empty() {
                found.push(none(&format!("at least one {}", check.name)));
            }
            for (index, event) in &named {
                found.append(&mut differences(*index, event));
            }
            return Ok(());
        }
        Which::Any | Which::No => {
            let fits = named
                .iter()
                .find(|(index, event)| differences(*index, event).is_empty());
            match (check.which, fits) {
                (Which::Any, None) => found.push(none(&format!(
                    "a {} such as {}",
                    check.name,
                    crate::pattern::brief(&pattern)
                ))),
                (Which::No, Some((index, _))) => found.push(Finding::new(
                    Part::Stream,
                    &format!("/{index}"),
                    &format!(
                        "no {} such as {}",
                        check.name,
                        crate::pattern::brief(&pattern)
                    ),
                    "one",
                )),
                _ => {}
            }
            return Ok(());
        }
    };
    match picked {
        None => {
            let what = match check.which {
                Which::Nth(nth) => format!("{} number {nth}", check.name),
                _ => format!("a {}", check.name),
            };
            found.push(none(&what));
        }
        Some((index, event)) => found.append(&mut differences(*index, event)),
    }
    Ok(())
}
