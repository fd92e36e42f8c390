//! nock: a list of calls. Its `rawHeaders` are those of Node.js, as they came over the wire.

use serde_json::Value;

use super::{Parts, address};

/// Says what it lacks.
pub(super) fn exchange(value: &Value) -> Result<Value, &'static str> {
    let url = format!(
        "{}{}",
        value["scope"]
            .as_str()
            .ok_or("scope")?
            .trim_end_matches('/'),
        value["path"].as_str().ok_or("path")?
    );
    let (host, path) = address(&url).ok_or("scope with ://")?;
    let raw = value.get("rawHeaders").or_else(|| value.get("headers"));
    let parts = Parts {
        method: value["method"].as_str().ok_or("method")?,
        host,
        path,
        sent: value.get("reqheaders").and_then(pairs).unwrap_or_default(),
        body: match &value["body"] {
            Value::Null => Vec::new(),
            Value::String(text) => text.clone().into_bytes(),
            other => other.to_string().into_bytes(),
        },
        status: value["status"].as_u64().ok_or("status")?,
        headers: raw.and_then(pairs).ok_or("rawHeaders or headers")?,
        answer: answer(&value["response"]).ok_or("response that can be read")?,
        wire: value["rawHeaders"].is_array(),
    };
    Ok(parts.recording("a recording of nock"))
}

/// JSON as it is, bytes as hex, whole or in pieces; text that looks like hex is hex, as for nock itself.
fn answer(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::String(text) => Some(hex(text).unwrap_or_else(|| text.clone().into_bytes())),
        Value::Array(pieces) => {
            let pieces = pieces.iter().map(|piece| hex(piece.as_str()?));
            Some(pieces.collect::<Option<Vec<_>>>()?.concat())
        }
        other => Some(other.to_string().into_bytes()),
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2)
        || text.is_empty()
        || !text.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).ok();
    (0..text.len()).step_by(2).map(pair).collect()
}

/// A flat list of names and values in turn, or an object.
fn pairs(value: &Value) -> Option<Vec<(String, String)>> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        Value::Array(flat) => {
            let pairs = flat.chunks_exact(2);
            Some(pairs.map(|pair| (text(&pair[0]), text(&pair[1]))).collect())
        }
        Value::Object(members) => Some(
            members
                .iter()
                .map(|(name, value)| (name.clone(), text(value)))
                .collect(),
        ),
        _ => None,
    }
}
