//! Where in a body the value is that has another type than its shape.
//!
//! The service names the token only. The access log names the member as well, because content as a
//! text instead of a list is the most common mistake of all.

use serde_json::Value;

use super::bind::scalar_value;
use super::load::Model;
use super::shape::{Kind, Location, Operation, ShapeId};

/// Returns the first value of a body that cannot become its shape's type: its place and what was
/// expected there, such as `messages.0.content: expected a list`. `None` for a body without one, or
/// that is not JSON.
pub fn first_mismatch(model: &Model, operation: &Operation, body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let input = operation.input?;
    let shape = match &operation.payload {
        Some(payload) => {
            let mut members = model.members(input).iter();
            members.find(|member| member.name == *payload)?.shape
        }
        None => input,
    };
    let mut place = Vec::new();
    let expected = walk(model, shape, &body, &mut place)?;
    Some(match place.is_empty() {
        true => format!("the body: expected {expected}"),
        false => format!("{}: expected {expected}", place.join(".")),
    })
}

/// Walks in the order of the body, and leaves the place of the mismatch in `place`.
fn walk<'m>(
    model: &'m Model,
    shape: ShapeId,
    value: &Value,
    place: &mut Vec<String>,
) -> Option<&'m str> {
    let kind = &model.shape(shape).kind;
    let mut inside = |name: String, shape: ShapeId, value: &Value| {
        place.push(name);
        let found = walk(model, shape, value, place);
        if found.is_none() {
            place.pop();
        }
        found
    };
    match (kind, value) {
        (_, Value::Null) | (Kind::Document, _) => None,
        (Kind::Structure { members, .. }, Value::Object(object)) => {
            object.iter().find_map(|(name, value)| {
                let mut members = members.iter();
                let member =
                    members.find(|m| m.location == Location::Body && *m.wire_name == **name)?;
                inside(name.clone(), member.shape, value)
            })
        }
        (Kind::List { member, .. }, Value::Array(entries)) => {
            let mut entries = entries.iter().enumerate();
            entries.find_map(|(i, entry)| inside(i.to_string(), *member, entry))
        }
        (Kind::Map { value: shape, .. }, Value::Object(object)) => object
            .iter()
            .find_map(|(name, value)| inside(name.clone(), *shape, value)),
        (kind, Value::Array(_) | Value::Object(_)) => Some(expected(kind)),
        (kind, scalar) => scalar_value(kind, scalar.clone())
            .is_err()
            .then(|| expected(kind)),
    }
}

fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Structure { .. } | Kind::Map { .. } => "an object",
        Kind::EventStream { .. } => "an event stream",
        Kind::List { .. } => "a list",
        Kind::String { .. } => "a string",
        Kind::Blob { .. } => "base64 text",
        Kind::Integer { .. } | Kind::Long { .. } => "a whole number",
        Kind::Float { .. } | Kind::Double { .. } => "a number",
        Kind::Boolean => "true or false",
        Kind::Timestamp => "a timestamp",
        Kind::Document => "JSON",
    }
}
