//! Reading `expect`.

use serde_json::Value;

use super::{End, EventCheck, Expect, ExpectedError, ExpectedStream, Timing, Which};
use crate::case::Grammar;
use crate::pattern;
use crate::reference_data::ReferenceData;
use crate::spanned::{Diagnostic, Kind, Members, Node, list, mistyped, object, string};
use crate::suggest::did_you_mean;
use crate::wire::View;

pub(in crate::case) fn read(
    reference: &ReferenceData,
    file: &str,
    node: &Node,
) -> Result<Expect, Diagnostic> {
    let mut members = Members::of(file, "\"expect\"", node)?;
    let pattern = |node: Option<&Node>| node.map(|node| checked(reference, file, node)).transpose();
    let mut expect = Expect {
        status: match members.optional("status") {
            None => None,
            Some(node) => {
                statuses(file, node)?;
                Some(checked(reference, file, node)?)
            }
        },
        ..Expect::default()
    };
    if let Some(headers) = members.optional("headers") {
        for (name, _, value) in object(file, "headers", headers)? {
            expect
                .headers
                .push((name.clone(), checked(reference, file, value)?));
        }
    }
    if members.optional("header_names").is_some() {
        let names = members.strings("header_names")?;
        expect.header_names = Some(names.iter().map(|(name, _)| (*name).to_owned()).collect());
    }
    expect.error = members
        .optional("error")
        .map(|node| error(reference, file, node))
        .transpose()?;
    expect.body = pattern(members.optional("body"))?;
    for (pointer, place) in members.strings("absent")? {
        if !pointer.starts_with('/') {
            return Err(Diagnostic::at(
                file,
                place,
                format!("\"absent\" takes JSON pointers such as /usage/x, not {pointer:?}"),
            ));
        }
        expect.absent.push(pointer.to_owned());
    }
    expect.sorted_keys = members.optional_bool("sorted_keys")?.unwrap_or(false);
    expect.text = pattern(members.optional("text"))?;
    expect.stream = members
        .optional("stream")
        .map(|node| stream(reference, file, node))
        .transpose()?;
    expect.end = match members.optional("end") {
        None => None,
        Some(node) => Some(match string(file, "end", node)? {
            "clean" => End::Clean,
            "exception" => End::Exception,
            "cut" => End::Cut,
            other => {
                return Err(Diagnostic::at(
                    file,
                    node.place,
                    format!("\"end\" is clean, exception or cut, not {other:?}"),
                ));
            }
        }),
    };
    expect.keep_alive = members.optional_bool("keep_alive")?;
    if let Some(node) = members.optional("timing") {
        let mut timing = Members::of(file, "\"timing\"", node)?;
        expect.timing = Timing {
            total_below_ms: timing.optional_count("total_below_ms")?,
            first_byte_below_ms: timing.optional_count("first_byte_below_ms")?,
            incremental: timing.optional_bool("incremental")?.unwrap_or(false),
        };
        timing.finish()?;
    }
    members.finish()?;
    if expect.status.is_none() && expect.error.is_none() {
        return Err(Diagnostic::at(
            file,
            node.place,
            "\"expect\" needs \"status\" or \"error\": a step that expects nothing cannot fail",
        ));
    }
    if expect.status.is_some() && expect.error.is_some() {
        return Err(Diagnostic::at(
            file,
            node.place,
            "\"status\" beside \"error\" says it twice: the error has its own status",
        ));
    }
    Ok(expect)
}

/// Numbers that no answer can have as its status are typing errors.
fn statuses(file: &str, node: &Node) -> Result<(), Diagnostic> {
    match &node.kind {
        Kind::Number(number) => match number.as_u64() {
            Some(100..=599) => Ok(()),
            _ => Err(mistyped(file, "status", node, "a number from 100 to 599")),
        },
        Kind::Array(items) => items.iter().try_for_each(|item| statuses(file, item)),
        Kind::Object(members) => members
            .iter()
            .filter(|(name, ..)| name == "$oneof")
            .try_for_each(|(.., item)| statuses(file, item)),
        _ => Ok(()),
    }
}

fn checked(reference: &ReferenceData, file: &str, node: &Node) -> Result<Value, Diagnostic> {
    pattern::check(file, node, &|shape| reference.is_shape(shape))?;
    Ok(node.value())
}

fn error(reference: &ReferenceData, file: &str, node: &Node) -> Result<ExpectedError, Diagnostic> {
    if let Kind::String(id) = &node.kind {
        return row(reference, file, node, id, &[]);
    }
    let mut members = Members::of(file, "\"error\"", node)?;
    if let Some(id) = members.optional("row") {
        let with = match members.optional("with") {
            None => &[][..],
            Some(with) => object(file, "with", with)?,
        };
        members.finish()?;
        return row(reference, file, id, string(file, "row", id)?, with);
    }
    let kind = members.sentence("type")?;
    if !reference.is_shape(&kind) && !reference.errors.is_front_door(&kind) {
        return Err(Diagnostic::at(
            file,
            node.place,
            format!("neither a service model nor fixtures/errors has an error {kind:?}"),
        ));
    }
    let message = checked(reference, file, members.required("message")?)?;
    members.finish()?;
    Ok(ExpectedError::Stated { kind, message })
}

fn row(
    reference: &ReferenceData,
    file: &str,
    node: &Node,
    id: &str,
    with: &[(String, crate::spanned::Place, Node)],
) -> Result<ExpectedError, Diagnostic> {
    let Some(row) = reference.errors.get(id) else {
        return Err(Diagnostic::at(
            file,
            node.place,
            format!(
                "fixtures/errors has no row {id:?}{}; `bedrock-conformance errors` lists them",
                did_you_mean(id, reference.errors.ids())
            ),
        ));
    };
    let placeholders = row.placeholders();
    for name in &placeholders {
        if !with.iter().any(|(there, ..)| there == name) {
            return Err(Diagnostic::at(
                file,
                node.place,
                format!(
                    "{id} reads {:?}: say in \"with\" what stands for {{{name}}}",
                    row.text
                ),
            ));
        }
    }
    let mut values = Vec::new();
    for (name, place, value) in with {
        if !placeholders.contains(&name.as_str()) {
            return Err(Diagnostic::at(
                file,
                *place,
                format!("{id} has no {{{name}}}; it reads {:?}", row.text),
            ));
        }
        pattern::check(file, value, &|_| false)?;
        let fits = match &value.kind {
            Kind::String(_) | Kind::Number(_) => true,
            Kind::Object(members) => matches!(&members[..], [(name, ..)] if name == "$regex"),
            _ => false,
        };
        if !fits {
            return Err(mistyped(file, name, value, "text or a $regex"));
        }
        values.push((name.clone(), value.value()));
    }
    Ok(ExpectedError::Row {
        id: id.to_owned(),
        with: values,
    })
}

fn stream(
    reference: &ReferenceData,
    file: &str,
    node: &Node,
) -> Result<ExpectedStream, Diagnostic> {
    let mut members = Members::of(file, "\"stream\"", node)?;
    let view = match members.optional("of") {
        None => View::Events,
        Some(node) => match string(file, "of", node)? {
            "events" => View::Events,
            "chunks" => View::Chunks,
            "sse" => View::Sse,
            other => {
                return Err(Diagnostic::at(
                    file,
                    node.place,
                    format!("\"of\" is events, chunks or sse, not {other:?}"),
                ));
            }
        },
    };
    let grammar = match members.optional("grammar") {
        None => None,
        Some(node) => {
            let text = string(file, "grammar", node)?;
            Some(Grammar::parse(text).map_err(|error| Diagnostic::at(file, node.place, error))?)
        }
    };
    let mut events = Vec::new();
    if let Some(node) = members.optional("events") {
        for item in list(file, "events", node)? {
            let mut event = Members::of(file, "an event check", item)?;
            let name = event.sentence("name")?;
            let which = match event.optional("which") {
                None => Which::First,
                Some(node) => which(file, node)?,
            };
            let body = checked(reference, file, event.required("body")?)?;
            event.finish()?;
            events.push(EventCheck { name, which, body });
        }
    }
    let mut joined = Vec::new();
    if let Some(node) = members.optional("joined") {
        for (pointer, place, value) in object(file, "joined", node)? {
            if !pointer.starts_with('/') {
                return Err(Diagnostic::at(
                    file,
                    *place,
                    format!("\"joined\" names JSON pointers such as /delta/text, not {pointer:?}"),
                ));
            }
            joined.push((pointer.clone(), checked(reference, file, value)?));
        }
    }
    members.finish()?;
    if grammar.is_none() && events.is_empty() && joined.is_empty() {
        return Err(Diagnostic::at(
            file,
            node.place,
            "\"stream\" needs \"grammar\", \"events\" or \"joined\"",
        ));
    }
    Ok(ExpectedStream {
        view,
        grammar,
        events,
        joined,
    })
}

fn which(file: &str, node: &Node) -> Result<Which, Diagnostic> {
    let word = match &node.kind {
        Kind::String(word) => match word.as_str() {
            "first" => Some(Which::First),
            "last" => Some(Which::Last),
            "each" => Some(Which::Each),
            "any" => Some(Which::Any),
            "no" => Some(Which::No),
            _ => None,
        },
        Kind::Number(number) => number
            .as_u64()
            .and_then(|nth| usize::try_from(nth).ok())
            .map(Which::Nth),
        _ => None,
    };
    word.ok_or_else(|| {
        mistyped(
            file,
            "which",
            node,
            "first, last, each, any, no, or a number from 0",
        )
    })
}
