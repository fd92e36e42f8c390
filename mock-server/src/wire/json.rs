//! JSON as the service writes it: compact, UTF-8 raw, keys of every object sorted — except inside
//! free-form documents, which keep their author's order (1 of 8 recorded tool inputs is unsorted).

use serde_json::{Map, Value};

use crate::model::{Kind, Model, ShapeId};

/// Writes a value of a shape. Members that the model does not have are sorted in with the rest.
pub fn write(model: &Model, shape: Option<ShapeId>, value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    put(model, shape, value, &mut out);
    out
}

fn put(model: &Model, shape: Option<ShapeId>, value: &Value, out: &mut Vec<u8>) {
    let kind = shape.map(|id| &model.shape(id).kind);
    match (kind, value) {
        (Some(Kind::Document), document) => raw(document, out),
        (kind, Value::Object(object)) => {
            let inner = |key: &str| match kind {
                Some(Kind::Structure { members, .. }) => members
                    .iter()
                    .find(|m| *m.wire_name == *key)
                    .map(|m| m.shape),
                Some(Kind::Map { value, .. }) => Some(*value),
                _ => None,
            };
            object_sorted(model, object, inner, out);
        }
        (kind, Value::Array(entries)) => {
            let inner = match kind {
                Some(Kind::List { member, .. }) => Some(*member),
                _ => None,
            };
            out.push(b'[');
            for (i, entry) in entries.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                put(model, inner, entry, out);
            }
            out.push(b']');
        }
        (_, scalar) => raw(scalar, out),
    }
}

fn object_sorted(
    model: &Model,
    object: &Map<String, Value>,
    inner: impl Fn(&str) -> Option<ShapeId>,
    out: &mut Vec<u8>,
) {
    let mut entries: Vec<(&String, &Value)> = object.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    out.push(b'{');
    for (i, (key, value)) in entries.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        raw_text(key, out);
        out.push(b':');
        put(model, inner(key), value, out);
    }
    out.push(b'}');
}

fn raw(value: &Value, out: &mut Vec<u8>) {
    // Writing a Value to a Vec cannot fail: its keys are strings and a Vec takes all bytes.
    let _ = serde_json::to_writer(out, value);
}

fn raw_text(text: &str, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, text);
}
