//! Whether the cases speak of everything: each operation that a target serves, each error shape
//! that those list, each event of their streams, each header of their outputs.
//!
//! A case speaks of what it sends, what it names in `refs` (`model`, `error`, `header`), the events
//! of its stream checks and the headers that it expects. What no case can speak of is waived in
//! `data/audit-waivers.json`, with a reason; a waiver that waives nothing is a fault, too.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::case::{Asked, Case, ExpectedError};
use crate::embedded;
use crate::reference_data::ReferenceData;
use crate::server::Target;

/// What an audit found.
#[derive(Debug, Default)]
pub struct Audit {
    /// How many things there are.
    pub all: usize,
    /// How many of them some case names, or a waiver.
    pub named: usize,
    /// What nothing names, by kind.
    pub missing: BTreeMap<&'static str, Vec<String>>,
    /// Waivers of what is named or is not there.
    pub dead_waivers: Vec<String>,
}

/// Compares the cases with the models.
///
/// # Errors
/// When the file of waivers is not built as it must be, which the tests prevent.
pub fn audit(reference: &ReferenceData, cases: &[Case], target: &Target) -> Result<Audit, String> {
    let (file, text) = embedded::AUDIT_WAIVERS;
    let waivers: Value = serde_json::from_str(text).map_err(|error| format!("{file}: {error}"))?;
    let waived: BTreeSet<String> = waivers["waivers"]
        .as_object()
        .ok_or_else(|| format!("{file} has no \"waivers\""))?
        .keys()
        .cloned()
        .collect();
    let named = named(reference, cases);
    let mut audit = Audit::default();
    let mut used = BTreeSet::new();
    for (kind, name) in things(reference, target) {
        audit.all += 1;
        if named.contains(&name.to_ascii_lowercase()) {
            audit.named += 1;
        } else if waived.contains(&name) {
            audit.named += 1;
            used.insert(name);
        } else {
            audit.missing.entry(kind).or_default().push(name);
        }
    }
    audit.dead_waivers = waived.difference(&used).cloned().collect();
    Ok(audit)
}

/// Everything that should be spoken of.
fn things(reference: &ReferenceData, target: &Target) -> BTreeSet<(&'static str, String)> {
    let mut out = BTreeSet::new();
    for name in &target.operations {
        let Some((service, operation)) = reference.models.operation(name) else {
            continue;
        };
        out.insert(("operation", name.clone()));
        for (error, _) in &operation.errors {
            // The query services write a code that is not the shape's name.
            let code = service.shape(error)["error"]["code"].as_str();
            out.insert(("error", code.unwrap_or(error).to_owned()));
        }
        let Some(output) = operation.output.as_deref() else {
            continue;
        };
        if let Some((_, stream)) = service.event_stream(output) {
            for (event, ..) in service.members(stream) {
                out.insert(("event", format!("{stream}.{event}")));
            }
        }
        for (_, member, _) in service.members(output) {
            if member["location"] == "header"
                && let Some(header) = member["locationName"].as_str()
            {
                out.insert(("header", header.to_owned()));
            }
        }
    }
    out
}

/// Everything that is, in lower case.
fn named(reference: &ReferenceData, cases: &[Case]) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for case in cases {
        for named in &case.refs {
            out.insert(named.to.to_ascii_lowercase());
            if named.kind == "error" {
                let kind = reference.errors.get(&named.to);
                out.extend(
                    kind.and_then(|row| row.kind.as_ref())
                        .map(|kind| kind.to_ascii_lowercase()),
                );
            }
        }
        for step in case.instances.iter().flat_map(|instance| &instance.steps) {
            let mut stream = None;
            if let Asked::Operation { name, .. } = &step.send.asked {
                out.insert(name.to_ascii_lowercase());
                stream = reference
                    .models
                    .operation(name)
                    .and_then(|(service, operation)| {
                        let (_, stream) = service.event_stream(operation.output.as_deref()?)?;
                        Some(stream)
                    });
            }
            out.extend(
                step.expect
                    .headers
                    .iter()
                    .map(|(name, _)| name.to_ascii_lowercase()),
            );
            match &step.expect.error {
                Some(ExpectedError::Row { id, .. }) => {
                    let kind = reference.errors.get(id).and_then(|row| row.kind.as_ref());
                    out.extend(kind.map(|kind| kind.to_ascii_lowercase()));
                }
                Some(ExpectedError::Stated { kind, .. }) => {
                    out.insert(kind.to_ascii_lowercase());
                }
                None => {}
            }
            let (Some(stream), Some(expected)) = (stream, &step.expect.stream) else {
                continue;
            };
            let grammar = expected
                .grammar
                .as_ref()
                .map_or("", |grammar| &grammar.text);
            let words = grammar.split(|c: char| !c.is_ascii_alphanumeric());
            let events = expected.events.iter().map(|event| event.name.as_str());
            for event in words.chain(events) {
                out.insert(format!("{stream}.{event}").to_ascii_lowercase());
            }
            // The provider's events are inside chunks.
            if expected.view == crate::wire::View::Chunks {
                out.insert(format!("{stream}.chunk").to_ascii_lowercase());
            }
        }
    }
    out
}
