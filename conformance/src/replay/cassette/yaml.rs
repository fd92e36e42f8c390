//! YAML as JSON, as far as cassettes use it. Binary scalars become an object with [`BINARY`].

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value, json};

use crate::replay::error::RecordingError;

/// The one member of what was tagged `!!binary`: its base64.
pub(in crate::replay) const BINARY: &str = "$base64";

/// Largest file, bytes. Aliases are copied, so a small file could become a large one.
pub(in crate::replay) const LARGEST: usize = 64 * 1024 * 1024;

/// Values that a file may have; those of an alias count each time.
const MOST: usize = 2_000_000;
/// Depth of nested lists and maps.
const DEPTH: usize = 100;

/// A list or map that is still open.
enum Open {
    List(usize, Vec<Value>),
    /// Its members, and the key whose value comes next.
    Map(usize, Map<String, Value>, Option<String>),
}

/// Reads the first document.
///
/// # Errors
/// When it is not YAML, empty, or larger than a cassette may be.
pub(in crate::replay) fn read(text: &str) -> Result<Value, RecordingError> {
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, (Value, usize)> = HashMap::new();
    let mut count = 0;
    for event in Parser::new_from_str(text) {
        let (event, place) = event?;
        let (anchor, value) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                (anchor, scalar(&text, style, tag.as_deref()))
            }
            Event::Alias(anchor) => {
                let (value, size) = anchors.get(&anchor).cloned().unwrap_or_default();
                count += size;
                (0, value)
            }
            Event::SequenceStart(anchor, _) => {
                open.push(Open::List(anchor, Vec::new()));
                continue;
            }
            Event::MappingStart(anchor, _) => {
                open.push(Open::Map(anchor, Map::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(anchor, entries)) => (anchor, Value::Array(entries)),
                Some(Open::Map(anchor, members, _)) => (anchor, Value::Object(members)),
                None => continue,
            },
            Event::DocumentEnd => break,
            _ => continue,
        };
        count += 1;
        if count > MOST || open.len() > DEPTH {
            let line = place.start.line();
            return Err(RecordingError::TooManyValues { line, limit: MOST });
        }
        if anchor > 0 {
            anchors.insert(anchor, (value.clone(), size(&value)));
        }
        match open.last_mut() {
            None => return Ok(value),
            Some(Open::List(_, entries)) => entries.push(value),
            Some(Open::Map(_, members, key)) => match key.take() {
                Some(name) => drop(members.insert(name, value)),
                None => *key = Some(name(&value)),
            },
        }
    }
    Err(RecordingError::Empty)
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(entries) => 1 + entries.iter().map(size).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

fn name(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What a scalar means: plain ones may be numbers and the like, all others are texts.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    // Python writes !!binary, Ruby !binary.
    if tag.is_some_and(|tag| tag.suffix.ends_with("binary")) {
        return json!({ BINARY: text });
    }
    if style != ScalarStyle::Plain || tag.is_some() {
        return text.into();
    }
    match text {
        "" | "~" | "null" => Value::Null,
        "true" => true.into(),
        "false" => false.into(),
        text => text
            .parse::<i64>()
            .map_or_else(|_| text.into(), Value::from),
    }
}
