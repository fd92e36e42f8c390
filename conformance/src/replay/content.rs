//! The content of an answer of Converse in one form, unary or streamed, to script and to compare it.

use serde_json::{Map, Value, json};

use crate::wire::{Exchange, View};

/// Returns the answer in its unary form, or nothing if it has no content of this form.
pub(super) fn of(exchange: &Exchange) -> Option<Value> {
    if exchange.status != 200 {
        return None;
    }
    if exchange.is_event_stream() {
        return streamed(exchange);
    }
    let unary = exchange.json()?;
    unary.pointer("/output/message/content")?;
    Some(unary.clone())
}

/// Joins the pieces of a stream. Streams of images, tool results and citations are left out, because
/// their pieces hold less than a unary answer.
fn streamed(exchange: &Exchange) -> Option<Value> {
    let framed = exchange.events(View::Events);
    let mut blocks: Vec<Value> = Vec::new();
    let mut out = Map::new();
    for event in framed.events() {
        let body = event.body.as_ref()?;
        let at = body["contentBlockIndex"]
            .as_u64()
            .and_then(|at| usize::try_from(at).ok());
        match event.name.as_str() {
            "messageStart" => {
                out.insert("output".into(), json!({"message": {"role": body["role"]}}));
            }
            "contentBlockStart" => {
                let mut call = body["start"]["toolUse"].as_object()?.clone();
                call.insert("input".into(), "".into());
                put(&mut blocks, at?, json!({ "toolUse": call }))?;
            }
            "contentBlockDelta" => delta(&mut blocks, at?, &body["delta"])?,
            "messageStop" | "metadata" => {
                let members = body.as_object()?.iter();
                out.extend(
                    members
                        .filter(|(name, _)| *name != "p")
                        .map(|(n, v)| (n.clone(), v.clone())),
                );
            }
            "contentBlockStop" => {}
            _ => return None,
        }
    }
    for block in &mut blocks {
        let Some(input) = block.pointer_mut("/toolUse/input") else {
            continue;
        };
        let text = input.as_str()?;
        *input = match text.is_empty() {
            true => json!({}),
            false => serde_json::from_str(text).ok()?,
        };
    }
    let message = out.get_mut("output")?.get_mut("message")?.as_object_mut()?;
    message.insert("content".into(), Value::Array(blocks));
    Some(Value::Object(out))
}

fn put(blocks: &mut Vec<Value>, at: usize, block: Value) -> Option<()> {
    // Blocks come in order, each index once.
    (at == blocks.len()).then(|| blocks.push(block))
}

fn delta(blocks: &mut Vec<Value>, at: usize, delta: &Value) -> Option<()> {
    let (kind, value) = delta.as_object()?.iter().next()?;
    if at == blocks.len() {
        let empty = match kind.as_str() {
            "text" => json!({"text": ""}),
            "reasoningContent" if value.get("redactedContent").is_some() => {
                json!({"reasoningContent": {"redactedContent": ""}})
            }
            "reasoningContent" => json!({"reasoningContent": {"reasoningText": {"text": ""}}}),
            _ => return None,
        };
        blocks.push(empty);
    }
    let block = blocks.get_mut(at)?;
    match kind.as_str() {
        "text" => grow(block.get_mut("text")?, value.as_str()?),
        "toolUse" => grow(
            block.pointer_mut("/toolUse/input")?,
            value["input"].as_str()?,
        ),
        "reasoningContent" => {
            let block = block.get_mut("reasoningContent")?;
            for (name, piece) in value.as_object()? {
                let place = match name.as_str() {
                    "redactedContent" => block.get_mut(name)?,
                    name => {
                        let text = block.get_mut("reasoningText")?.as_object_mut()?;
                        text.entry(name).or_insert_with(|| "".into())
                    }
                };
                grow(place, piece.as_str()?)?;
            }
            Some(())
        }
        _ => None,
    }
}

fn grow(text: &mut Value, piece: &str) -> Option<()> {
    match text {
        Value::String(text) => {
            text.push_str(piece);
            Some(())
        }
        _ => None,
    }
}

/// Returns the places at which two answers differ, as JSON pointers with both values. The recorded
/// answer may lack the members in `new`.
pub(super) fn differences(
    recorded: &Value,
    seen: &Value,
    new: &[&str],
) -> Vec<(String, Value, Value)> {
    let mut out = Vec::new();
    walk(recorded, seen, "", new, &mut out);
    out
}

fn walk(
    recorded: &Value,
    seen: &Value,
    path: &str,
    new: &[&str],
    out: &mut Vec<(String, Value, Value)>,
) {
    match (recorded, seen) {
        (Value::Object(a), Value::Object(b)) => {
            let added = b
                .keys()
                .filter(|name| !a.contains_key(*name) && !new.contains(&name.as_str()));
            for name in a.keys().chain(added) {
                let (one, other) = (a.get(name), b.get(name));
                let path = format!("{path}/{name}");
                match (one, other) {
                    (Some(one), Some(other)) => walk(one, other, &path, new, out),
                    _ => out.push((
                        path,
                        one.cloned().unwrap_or_default(),
                        other.cloned().unwrap_or_default(),
                    )),
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (one, other)) in a.iter().zip(b).enumerate() {
                walk(one, other, &format!("{path}/{at}"), new, out);
            }
        }
        (one, other) if one == other => {}
        (one, other) => out.push((path.to_owned(), one.clone(), other.clone())),
    }
}
