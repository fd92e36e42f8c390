//! A JSON Schema → the smallest instance that is valid against it.
//!
//! Arguments of forced tools and structured answers are made here. Covers what tool schemas use:
//! types, required members, enums, constants, defaults, bounds, formats, items, `$ref` inside the
//! document, `anyOf`/`oneOf`/`allOf`. Keywords it does not know are not obeyed; tests hold the result
//! against a JSON Schema crate.

use serde_json::{Map, Value, json};

/// `$ref`s and nesting are followed this far; a schema that only refers to itself ends there.
const DEPTH: u8 = 24;
/// A `minLength` is met up to this length; longer texts would not fit any model's answer.
const LONGEST: u64 = 2_000_000;

/// The smallest valid instance.
pub fn of_schema(schema: &Value) -> Value {
    build(schema, schema, DEPTH)
}

fn build(root: &Value, schema: &Value, depth: u8) -> Value {
    let Some(object) = schema.as_object() else {
        return json!({});
    };
    if depth == 0 {
        return Value::Null;
    }
    if let Some(target) = object.get("$ref").and_then(Value::as_str) {
        let found = target
            .strip_prefix('#')
            .and_then(|pointer| root.pointer(pointer));
        return found.map_or(Value::Null, |s| build(root, s, depth - 1));
    }
    for fixed in ["const", "default"] {
        if let Some(value) = object.get(fixed) {
            return value.clone();
        }
    }
    if let Some(first) = object
        .get("enum")
        .and_then(Value::as_array)
        .and_then(|e| e.first())
    {
        return first.clone();
    }
    if let Some(all) = object.get("allOf").and_then(Value::as_array) {
        return build(root, &merged(root, object, all), depth - 1);
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(first) = object
            .get(choice)
            .and_then(Value::as_array)
            .and_then(|c| c.first())
        {
            let mut both = object.clone();
            both.remove(choice);
            return build(
                root,
                &merged(root, &both, std::slice::from_ref(first)),
                depth - 1,
            );
        }
    }
    match kind(object) {
        "object" => members(root, object, depth),
        "array" => {
            let least = object
                .get("minItems")
                .and_then(Value::as_u64)
                .unwrap_or(0)
                .min(100);
            let prefix = object.get("prefixItems").and_then(Value::as_array);
            let item = |i: usize| {
                let schema = prefix
                    .and_then(|p| p.get(i))
                    .or_else(|| object.get("items"));
                schema.map_or(Value::Null, |s| build(root, s, depth - 1))
            };
            let mut out: Vec<Value> = (0..least as usize).map(item).collect();
            if object.get("uniqueItems") == Some(&Value::Bool(true)) {
                distinguish(&mut out);
            }
            Value::Array(out)
        }
        "integer" => number(object, true),
        "number" => number(object, false),
        "boolean" => Value::Bool(true),
        "null" => Value::Null,
        _ => text(object),
    }
}

/// The type, the first of several, or what other keywords imply.
fn kind(object: &Map<String, Value>) -> &str {
    let named = object.get("type");
    let named = named.and_then(Value::as_str).or_else(|| {
        named?
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .find(|t| *t != "null")
    });
    match named {
        Some(kind) => kind,
        None if object.contains_key("items") || object.contains_key("minItems") => "array",
        None if object.contains_key("minimum") || object.contains_key("maximum") => "number",
        None if object.contains_key("minLength") || object.contains_key("format") => "string",
        None => "object",
    }
}

fn members(root: &Value, object: &Map<String, Value>, depth: u8) -> Value {
    let mut out = Map::new();
    let known = object.get("properties").and_then(Value::as_object);
    for name in object
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        let value = match known.and_then(|k| k.get(name)) {
            Some(schema) => build(root, schema, depth - 1),
            None => json!("value"),
        };
        out.insert(name.to_owned(), value);
    }
    let least = object
        .get("minProperties")
        .and_then(Value::as_u64)
        .unwrap_or(0) as usize;
    for (name, schema) in known.into_iter().flatten() {
        if out.len() >= least {
            break;
        }
        if !out.contains_key(name) {
            out.insert(name.clone(), build(root, schema, depth - 1));
        }
    }
    Value::Object(out)
}

fn number(object: &Map<String, Value>, whole: bool) -> Value {
    let bound = |key: &str| object.get(key).and_then(Value::as_f64);
    let step = bound("multipleOf")
        .filter(|s| *s > 0.0)
        .unwrap_or(if whole { 1.0 } else { 0.0 });
    let least = bound("minimum")
        .or_else(|| bound("exclusiveMinimum").map(|m| if whole { m + 1.0 } else { m + 0.5 }));
    let most = bound("maximum")
        .or_else(|| bound("exclusiveMaximum").map(|m| if whole { m - 1.0 } else { m - 0.5 }));
    let mut value = match (least, most) {
        (Some(least), _) => least,
        (None, Some(most)) => most.min(1.0),
        (None, None) => 1.0,
    };
    if step > 0.0 {
        value = (value / step).ceil() * step;
        if most.is_some_and(|m| value > m) {
            value -= step;
        }
    }
    if value.fract() == 0.0 && value.abs() < 9e15 {
        Value::from(value as i64)
    } else {
        Value::from(value)
    }
}

fn text(object: &Map<String, Value>) -> Value {
    let format = object
        .get("format")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut text = match format {
        "date" => "2026-01-01".to_owned(),
        "date-time" => "2026-01-01T00:00:00Z".to_owned(),
        "time" => "00:00:00Z".to_owned(),
        "email" => "user@example.com".to_owned(),
        "uri" | "url" => "https://example.com/".to_owned(),
        "uuid" => "00000000-0000-4000-8000-000000000000".to_owned(),
        "ipv4" => "192.0.2.1".to_owned(),
        "ipv6" => "2001:db8::1".to_owned(),
        "hostname" => "example.com".to_owned(),
        _ => "value".to_owned(),
    };
    if let Some(pattern) = object.get("pattern").and_then(Value::as_str)
        && !regex::Regex::new(pattern).is_ok_and(|r| r.is_match(&text))
    {
        text = of_pattern(pattern).unwrap_or(text);
    }
    let length = |key: &str| {
        object
            .get(key)
            .and_then(Value::as_u64)
            .map(|n| n.min(LONGEST) as usize)
    };
    if let Some(most) = length("maxLength") {
        text = text.chars().take(most).collect();
    }
    if let Some(least) = length("minLength") {
        let missing = least.saturating_sub(text.chars().count());
        text.extend(std::iter::repeat_n('x', missing));
    }
    Value::String(text)
}

/// Tries a few texts that common patterns want: runs of one class in the lengths that bounds ask for.
fn of_pattern(pattern: &str) -> Option<String> {
    let regex = regex::Regex::new(pattern).ok()?;
    let units = [
        "A", "a", "1", "Aa", "A1", "a1", "AB", "a-1", "A-1", "1.0", "+1", "#ffffff", "1-1", "a_a",
        "/a", "a.a",
    ];
    units
        .iter()
        .flat_map(|unit| (1..=40).map(move |n| unit.repeat(n)))
        .find(|text| regex.is_match(text))
}

/// Makes equal entries of an array differ, where their type allows.
fn distinguish(entries: &mut [Value]) {
    for i in 1..entries.len() {
        if entries[..i].contains(&entries[i]) {
            entries[i] = match &entries[i] {
                Value::String(text) => Value::String(format!("{text}{i}")),
                Value::Number(n) => Value::from(n.as_i64().unwrap_or_default() + i as i64),
                other => other.clone(),
            };
        }
    }
}

/// Several schemas as one: later keywords win, members and required lists add up.
fn merged(root: &Value, base: &Map<String, Value>, parts: &[Value]) -> Value {
    let mut out = base.clone();
    out.remove("allOf");
    for part in parts {
        let part = match part
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|t| t.strip_prefix('#'))
        {
            Some(pointer) => root.pointer(pointer).cloned().unwrap_or_default(),
            None => part.clone(),
        };
        for (key, value) in part.as_object().cloned().unwrap_or_default() {
            match (out.get_mut(&key), value) {
                (Some(Value::Object(known)), Value::Object(more)) if key == "properties" => {
                    known.extend(more)
                }
                (Some(Value::Array(known)), Value::Array(more)) if key == "required" => {
                    known.extend(more)
                }
                (_, value) => {
                    out.insert(key, value);
                }
            }
        }
    }
    Value::Object(out)
}
