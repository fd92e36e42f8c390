//! A JSON Schema → the smallest instance that is valid against it.
//!
//! Arguments of forced tools and structured answers are made here. Covers what tool schemas use:
//! types, required members, enums, constants, defaults, bounds, formats, patterns, items, further members,
//! `$ref` inside the document, `anyOf`/`oneOf`/`allOf`. What it does not obey: `not`, `if`, `contains`,
//! `dependentRequired`, look-ahead in patterns; tests hold the result
//! against a JSON Schema crate.

use std::cell::Cell;

use serde_json::{Map, Value, json};

use super::pattern;

/// `$ref`s and nesting are followed this far; a schema that only refers to itself ends there.
const DEPTH: u8 = 24;
/// A `minLength` is met up to this length; longer texts would not fit any model's answer.
const LONGEST: u64 = 2_000_000;

/// Values that an instance may hold; what would come after them is null.
const NODES: u32 = 20_000;
/// Bytes of text that an instance may hold; texts that would come after them are cut.
const BYTES: usize = 4_000_000;
/// What a pattern costs: it is parsed.
const PATTERN_COST: u32 = 100;

/// The smallest valid instance, or as much of it as a few megabytes hold: a small schema can ask for
/// more than any memory has.
pub fn of_schema(schema: &Value) -> Value {
    let budget = Budget {
        nodes: Cell::new(NODES),
        bytes: Cell::new(BYTES),
    };
    let root = Root {
        document: schema,
        budget: &budget,
    };
    build(root, schema, DEPTH)
}

/// What is left to spend.
struct Budget {
    nodes: Cell<u32>,
    bytes: Cell<usize>,
}

/// The whole schema, and what may be spent on its instance.
#[derive(Clone, Copy)]
struct Root<'a> {
    document: &'a Value,
    budget: &'a Budget,
}

impl Root<'_> {
    /// Whether so much is left; takes it if it is.
    fn spend(self, nodes: u32, bytes: usize) -> bool {
        let (nodes_left, bytes_left) = (self.budget.nodes.get(), self.budget.bytes.get());
        let enough = nodes_left >= nodes && bytes_left >= bytes;
        self.budget.nodes.set(nodes_left.saturating_sub(nodes));
        self.budget.bytes.set(bytes_left.saturating_sub(bytes));
        enough
    }

    /// A value of the schema itself, if there is room for it.
    fn copy(self, value: &Value) -> Value {
        match self.spend(1, value.to_string().len()) {
            true => value.clone(),
            false => Value::Null,
        }
    }
}

fn build(root: Root<'_>, schema: &Value, depth: u8) -> Value {
    let Some(object) = schema.as_object() else {
        return json!({});
    };
    if depth == 0 || !root.spend(1, 0) {
        return Value::Null;
    }
    if let Some(target) = object.get("$ref").and_then(Value::as_str) {
        let found = target
            .strip_prefix('#')
            .and_then(|pointer| root.document.pointer(pointer));
        let Some(found) = found else {
            return Value::Null;
        };
        if object.len() == 1 {
            return build(root, found, depth - 1);
        }
        // What stands beside a reference holds too; definitions hold nothing.
        let mut beside = object.clone();
        for name in ["$ref", "$defs", "definitions"] {
            beside.remove(name);
        }
        let both = merged(root, &beside, std::slice::from_ref(found));
        return build(root, &both, depth - 1);
    }
    for fixed in ["const", "default"] {
        if let Some(value) = object.get(fixed) {
            return root.copy(value);
        }
    }
    if let Some(first) = object
        .get("enum")
        .and_then(Value::as_array)
        .and_then(|e| e.first())
    {
        return root.copy(first);
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
                .min(u64::from(NODES));
            let prefix = object.get("prefixItems").and_then(Value::as_array);
            let item = |i: usize| {
                let schema = prefix
                    .and_then(|p| p.get(i))
                    .or_else(|| object.get("items"));
                schema.map_or(Value::Null, |s| build(root, s, depth - 1))
            };
            let mut out = Vec::new();
            for i in 0..least as usize {
                if !root.spend(1, 0) {
                    break;
                }
                out.push(item(i));
            }
            if object.get("uniqueItems") == Some(&Value::Bool(true)) {
                distinguish(&mut out, object.get("items"));
            }
            Value::Array(out)
        }
        "integer" => number(object, true),
        "number" => number(object, false),
        "boolean" => Value::Bool(true),
        "null" => Value::Null,
        _ => text(root, object),
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

fn members(root: Root<'_>, object: &Map<String, Value>, depth: u8) -> Value {
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
            None if !root.spend(1, name.len()) => break,
            None => other_member(root, object, name, depth),
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
    for n in 1..=least {
        if out.len() >= least || !root.spend(1, 0) {
            break;
        }
        let name = format!("member{n}");
        let value = other_member(root, object, &name, depth);
        out.entry(name).or_insert(value);
    }
    Value::Object(out)
}

/// A member that `properties` does not have: by the first of `patternProperties` whose pattern fits,
/// else by `additionalProperties`.
fn other_member(root: Root<'_>, object: &Map<String, Value>, name: &str, depth: u8) -> Value {
    let patterns = object.get("patternProperties").and_then(Value::as_object);
    let fits = |pattern: &str| {
        let regex = regex::RegexBuilder::new(pattern)
            .size_limit(1 << 18)
            .build();
        root.spend(PATTERN_COST, 0) && regex.is_ok_and(|r| r.is_match(name))
    };
    let by_pattern = patterns
        .into_iter()
        .flatten()
        .find(|(pattern, _)| fits(pattern));
    let schema = by_pattern.map(|(_, schema)| schema);
    match schema.or_else(|| object.get("additionalProperties")) {
        Some(schema) if schema.is_object() => build(root, schema, depth - 1),
        _ => json!("value"),
    }
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
        (Some(least), Some(most)) if least > most => {
            (bound("exclusiveMinimum").unwrap_or(least) + bound("exclusiveMaximum").unwrap_or(most))
                / 2.0
        }
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

fn text(root: Root<'_>, object: &Map<String, Value>) -> Value {
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
        && root.spend(PATTERN_COST, 0)
    {
        text = pattern::example(pattern).unwrap_or(text);
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
        let missing = missing.min(root.budget.bytes.get());
        root.spend(1, missing);
        text.extend(std::iter::repeat_n('x', missing));
    }
    Value::String(text)
}

/// Makes equal entries of an array differ, where their type allows.
fn distinguish(entries: &mut [Value], items: Option<&Value>) {
    let chosen = items.and_then(|s| s.get("enum")?.as_array());
    for (entry, chosen) in entries.iter_mut().zip(chosen.into_iter().flatten()) {
        *entry = chosen.clone();
    }
    for i in 1..entries.len() {
        if entries[..i].contains(&entries[i]) {
            entries[i] = match &entries[i] {
                Value::String(text) => Value::String(format!("{text}{i}")),
                Value::Number(n) => Value::from(n.as_i64().unwrap_or_default() + i as i64),
                Value::Bool(said) => Value::Bool(!said),
                other => other.clone(),
            };
        }
    }
}

/// Bounds of which the greater one holds.
const LEASTS: &[&str] = &[
    "minimum",
    "exclusiveMinimum",
    "minLength",
    "minItems",
    "minProperties",
];
/// Bounds of which the smaller one holds.
const MOSTS: &[&str] = &[
    "maximum",
    "exclusiveMaximum",
    "maxLength",
    "maxItems",
    "maxProperties",
];

/// Several schemas as one: members and required lists add up, the narrower bound holds, and of all
/// other keywords the later one.
fn merged(root: Root<'_>, base: &Map<String, Value>, parts: &[Value]) -> Value {
    root.spend(1 + (base.len() / 8) as u32, 0);
    let mut out = base.clone();
    out.remove("allOf");
    for part in parts {
        let part = match part
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|t| t.strip_prefix('#'))
        {
            Some(pointer) => root.document.pointer(pointer).cloned().unwrap_or_default(),
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
                (Some(known), value) if LEASTS.contains(&key.as_str()) => {
                    if known.as_f64() < value.as_f64() {
                        *known = value;
                    }
                }
                (Some(known), value) if MOSTS.contains(&key.as_str()) => {
                    if known.as_f64() > value.as_f64() {
                        *known = value;
                    }
                }
                (_, value) => {
                    out.insert(key, value);
                }
            }
        }
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Schemas that are small and ask for more than any memory has; a hang or an exhausted memory is
    /// how this test fails.
    #[test]
    fn greedy_schemas_get_a_few_megabytes() {
        let mut nested = json!({"type": "string"});
        for _ in 0..8 {
            nested = json!({"type": "array", "minItems": 100, "items": nested});
        }
        let tree = json!({
            "$ref": "#/$defs/node",
            "$defs": {"node": {"type": "object", "required": ["a", "b", "c", "d"], "properties": {
                "a": {"$ref": "#/$defs/node"}, "b": {"$ref": "#/$defs/node"}, "c": {"$ref": "#/$defs/node"}, "d": {"$ref": "#/$defs/node"},
            }}},
        });
        let long = json!({"type": "array", "minItems": 100, "items": {"type": "string", "minLength": 2_000_000}});
        let copied =
            json!({"type": "array", "minItems": 100, "items": {"default": "x".repeat(500_000)}});
        let searched = json!({"type": "array", "minItems": 100, "items": {"type": "array", "minItems": 100, "items": {"type": "string", "pattern": "^(no){50}$"}}});
        for schema in [nested, tree, long, copied, searched] {
            assert!(of_schema(&schema).to_string().len() < 6_000_000);
        }
    }
}
