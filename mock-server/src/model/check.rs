//! Answer → does it fit the operation's output?
//!
//! Checks types, required and unknown members against model ⊕ overlay. Patterns, lengths, ranges
//! and enums are left alone: real answers break those.

use serde_json::Value;

use super::load::Model;
use super::shape::{Kind, Operation, ShapeId};

/// Everything in an answer's body that its operation's output does not allow, as readable lines.
pub fn output(model: &Model, operation: &Operation, body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(shape) = operation.output {
        walk(model, shape, body, "$", &mut found);
    }
    found
}

/// Likewise for members of the operation's input, by its members' names.
pub fn input(model: &Model, operation: &Operation, body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(shape) = operation.input {
        walk(model, shape, body, "$", &mut found);
    }
    found
}

/// Likewise for one event of the operation's event stream.
pub fn event(model: &Model, operation: &Operation, name: &str, payload: &Value) -> Vec<String> {
    let Some(stream) = model.event_stream(operation) else {
        return vec![format!("{} has no event stream", operation.name)];
    };
    let Some(member) = model
        .members(stream.shape)
        .iter()
        .find(|m| &*m.name == name)
    else {
        return vec![format!("{name} is no event of {}", operation.name)];
    };
    let mut found = Vec::new();
    walk(model, member.shape, payload, name, &mut found);
    found
}

fn walk(model: &Model, shape: ShapeId, value: &Value, path: &str, found: &mut Vec<String>) {
    if value.is_null() && model.overlay.allows_null() {
        return;
    }
    let name = &model.shape(shape).name;
    match (&model.shape(shape).kind, value) {
        (Kind::Document, _)
        | (Kind::String { .. } | Kind::Blob { .. }, Value::String(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Timestamp, Value::String(_) | Value::Number(_))
        | (Kind::Float { .. } | Kind::Double { .. }, Value::Number(_)) => {}
        (Kind::Integer { .. } | Kind::Long { .. }, Value::Number(n))
            if n.is_i64() || n.is_u64() => {}
        (Kind::Structure { members, union }, Value::Object(object)) => {
            for (key, value) in object {
                match members
                    .iter()
                    .find(|m| *m.wire_name == **key || *m.name == **key)
                {
                    Some(member) => {
                        walk(model, member.shape, value, &format!("{path}.{key}"), found)
                    }
                    None if model.overlay.allows_member(name, key) => {}
                    None => found.push(format!("{path}.{key}: {name} has no such member")),
                }
            }
            for member in members
                .iter()
                .filter(|m| m.required && m.location == super::Location::Body)
            {
                if !object.contains_key(&*member.wire_name) {
                    found.push(format!("{path}.{}: required by {name}", member.name));
                }
            }
            let set = members
                .iter()
                .filter(|m| object.contains_key(&*m.wire_name))
                .count();
            if *union && set != 1 {
                found.push(format!("{path}: union {name} has {set} members set"));
            }
        }
        (Kind::List { member, .. }, Value::Array(entries)) => {
            for (i, entry) in entries.iter().enumerate() {
                walk(model, *member, entry, &format!("{path}[{i}]"), found);
            }
        }
        (Kind::Map { value: entry, .. }, Value::Object(object)) => {
            for (key, value) in object {
                walk(model, *entry, value, &format!("{path}.{key}"), found);
            }
        }
        (kind, value) => found.push(format!(
            "{path}: {name} is {}, found {value}",
            kind_name(kind)
        )),
    }
}

fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Structure { .. } => "a structure",
        Kind::EventStream { .. } => "an event stream",
        Kind::Document => "a document",
        Kind::List { .. } => "a list",
        Kind::Map { .. } => "a map",
        Kind::String { .. } => "a string",
        Kind::Blob { .. } => "a blob",
        Kind::Integer { .. } => "an integer",
        Kind::Long { .. } => "a long",
        Kind::Float { .. } => "a float",
        Kind::Double { .. } => "a double",
        Kind::Boolean => "a boolean",
        Kind::Timestamp => "a timestamp",
    }
}
