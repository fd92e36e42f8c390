//! Several schemas as one: references followed, combinations merged, branches chosen.

use serde_json::{Map, Value, json};

use super::Context;

/// Members of an object of which others depend, at most; each may bring further ones.
const DEPENDENTS: usize = 16;

/// Bounds of which the greater one holds.
const LEASTS: &[&str] = &[
    "minimum",
    "exclusiveMinimum",
    "minLength",
    "minItems",
    "minProperties",
    "minContains",
];
/// Bounds of which the smaller one holds.
const MOSTS: &[&str] = &[
    "maximum",
    "exclusiveMaximum",
    "maxLength",
    "maxItems",
    "maxProperties",
    "maxContains",
];
/// Schemas that both hold, or maps of such.
const BOTH: &[&str] = &["items", "additionalProperties", "propertyNames", "contains"];
/// What is resolved here, and what holds nothing by itself.
const RESOLVED: &[&str] = &[
    "$ref",
    "$dynamicRef",
    "allOf",
    "anyOf",
    "oneOf",
    "if",
    "then",
    "else",
    "$defs",
    "definitions",
];

/// The schema without references and combinations; of what it leaves open, as the search chooses.
pub(super) fn flatten(context: &Context<'_>, schema: &Value, depth: u8) -> Map<String, Value> {
    let Some(object) = schema.as_object() else {
        return match schema {
            Value::Bool(false) => Map::from_iter([("not".to_owned(), json!({}))]),
            _ => Map::new(),
        };
    };
    let mut out = object.clone();
    RESOLVED.iter().for_each(|name| drop(out.remove(*name)));
    context.spend(1 + (out.len() / 8) as u32, 0);
    if depth == 0 {
        return out;
    }
    let mut add = |part: &Value| {
        let part = flatten(context, part, depth - 1);
        merge(&mut out, part);
    };
    for reference in ["$ref", "$dynamicRef"] {
        let target = object.get(reference).and_then(Value::as_str);
        if let Some(found) = target.and_then(|target| context.resolve(target)) {
            add(found);
        }
    }
    let list = |name: &str| object.get(name).and_then(Value::as_array);
    list("allOf").into_iter().flatten().for_each(&mut add);
    for choice in ["anyOf", "oneOf"] {
        let branches = list(choice).filter(|branches| !branches.is_empty());
        if let Some(branches) = branches {
            add(&branches[context.choose(branches.len())]);
        }
    }
    if let Some(condition) = object.get("if") {
        // The shortest instance often has nothing of which a condition speaks, which counts as met.
        let met = context.choose(2) == 0;
        if met {
            add(condition);
        }
        if let Some(then) = object.get(if met { "then" } else { "else" }) {
            add(then);
        }
    }
    depend(context, &mut out, depth);
    out
}

/// What the required members bring along: other members, and schemas of the whole.
fn depend(context: &Context<'_>, out: &mut Map<String, Value>, depth: u8) {
    let mut done: Vec<String> = Vec::new();
    while done.len() < DEPENDENTS {
        let next = required(out)
            .find(|name| !done.iter().any(|d| d == name))
            .map(str::to_owned);
        let Some(name) = next else { break };
        for keyword in ["dependentRequired", "dependentSchemas", "dependencies"] {
            let dependent = out.get(keyword).and_then(|all| all.get(&name)).cloned();
            match dependent {
                Some(names @ Value::Array(_)) => {
                    merge(out, Map::from_iter([("required".to_owned(), names)]));
                }
                Some(schema) => merge(out, flatten(context, &schema, depth - 1)),
                None => {}
            }
        }
        done.push(name);
    }
}

/// Names of the required members, each once.
pub(super) fn required(object: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let all = object.get("required").and_then(Value::as_array);
    all.into_iter().flatten().filter_map(Value::as_str)
}

/// Adds a part that holds too: members and required lists add up, the narrower bound holds, schemas of
/// the same place both hold, and of all other keywords the later one.
pub(super) fn merge(out: &mut Map<String, Value>, mut part: Map<String, Value>) {
    entries(out, &mut part);
    further(out, &mut part);
    for (key, value) in part {
        let Some(known) = out.get_mut(&key) else {
            out.insert(key, value);
            continue;
        };
        match (known, value) {
            (Value::Object(known), Value::Object(more))
                if [
                    "properties",
                    "patternProperties",
                    "dependentRequired",
                    "dependentSchemas",
                ]
                .contains(&key.as_str()) =>
            {
                for (name, schema) in more {
                    match known.get_mut(&name) {
                        Some(before) => *before = both(before.take(), schema),
                        None => drop(known.insert(name, schema)),
                    }
                }
            }
            (Value::Array(known), Value::Array(more)) if key == "required" => {
                more.into_iter()
                    .filter(|name| !known.contains(name))
                    .collect::<Vec<_>>()
                    .into_iter()
                    .for_each(|name| known.push(name));
            }
            (Value::Array(known), Value::Array(more)) if key == "enum" => {
                known.retain(|value| more.contains(value));
            }
            (known, value) if LEASTS.contains(&key.as_str()) => {
                if known.as_f64() < value.as_f64() {
                    *known = value;
                }
            }
            (known, value) if MOSTS.contains(&key.as_str()) => {
                if known.as_f64() > value.as_f64() {
                    *known = value;
                }
            }
            (known, value) if BOTH.contains(&key.as_str()) => *known = both(known.take(), value),
            // A text has to match both: a list, which no schema has of itself.
            (known, value) if key == "pattern" && *known != value => {
                let mut all = list(known);
                all.extend(list(&value));
                *known = Value::Array(all);
            }
            (known, value) if key == "not" => {
                *known = json!({"anyOf": [known.take(), value]});
            }
            (known, value) if key == "type" => {
                *known = types(known, &value);
            }
            (known, value) => *known = value,
        }
    }
}

/// Entries of a prefix hold against what the other part says at their place.
fn entries(out: &mut Map<String, Value>, part: &mut Map<String, Value>) {
    let prefix = |schema: &Map<String, Value>| {
        let prefix = schema.get("prefixItems").and_then(Value::as_array);
        prefix.cloned().unwrap_or_default()
    };
    let (one, other) = (prefix(out), prefix(part));
    let length = one.len().max(other.len());
    if length == 0 || (out.get("items").is_none() && one.is_empty()) {
        return;
    }
    let at = |prefix: &[Value], schema: &Map<String, Value>, i: usize| {
        let own = prefix.get(i).or_else(|| schema.get("items"));
        own.cloned().unwrap_or(Value::Bool(true))
    };
    let merged: Vec<Value> = (0..length)
        .map(|i| both(at(&one, out, i), at(&other, part, i)))
        .collect();
    out.insert("prefixItems".into(), Value::Array(merged));
    part.remove("prefixItems");
}

/// Members of one part hold against what the other says of those that it does not know.
fn further(out: &mut Map<String, Value>, part: &mut Map<String, Value>) {
    let rest = |schema: &Map<String, Value>| {
        let plain = !schema.contains_key("patternProperties");
        schema
            .get("additionalProperties")
            .filter(|_| plain)
            .cloned()
    };
    let (outs, parts) = (rest(out), rest(part));
    let names = |schema: &Map<String, Value>| {
        let known = schema.get("properties").and_then(Value::as_object);
        known
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    let (one, other) = (names(out), names(part));
    for (schema, own, against, rest) in [(out, &one, &other, parts), (part, &other, &one, outs)] {
        let (Some(rest), Some(Value::Object(known))) = (rest, schema.get_mut("properties")) else {
            continue;
        };
        for name in own.iter().filter(|name| !against.contains(name)) {
            if let Some(before) = known.get_mut(name) {
                *before = both(before.take(), rest.clone());
            }
        }
    }
}

fn both(one: Value, other: Value) -> Value {
    match (one == other, &one, &other) {
        (true, ..) | (_, _, Value::Bool(true)) => one,
        (_, Value::Bool(true), _) => other,
        _ => json!({"allOf": [one, other]}),
    }
}

/// The types that both allow.
fn types(one: &Value, other: &Value) -> Value {
    let (one, other) = (list(one), list(other));
    let number = |all: &[Value]| all.iter().any(|t| t == "number");
    let integer = |all: &[Value]| all.iter().any(|t| t == "integer");
    let mut both: Vec<Value> = one.iter().filter(|t| other.contains(t)).cloned().collect();
    // Every integer is a number.
    let crossed = (integer(&one) && number(&other)) || (number(&one) && integer(&other));
    if crossed && !number(&both) && !integer(&both) {
        both.push("integer".into());
    }
    match both.len() {
        1 => both.remove(0),
        _ => Value::Array(both),
    }
}

/// One or several, as several.
pub(super) fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    }
}
