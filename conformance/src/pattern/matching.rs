//! Comparing a value with a pattern.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What matchers need to know beyond the value.
pub struct Context<'a> {
    /// The whole body, which `$same-as` and `$sum` point into.
    pub root: &'a Value,
    /// Says what is wrong with a value by a shape of the model, if anything.
    pub shape: &'a dyn Fn(&str, &Value) -> Option<String>,
}

/// Where a value departs from its pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// JSON pointer to the value, empty for the whole.
    pub path: String,
    /// What was expected, in words or as JSON.
    pub expected: String,
    /// What is there, cut.
    pub seen: String,
    /// Only the order of names is another one.
    pub order: bool,
}

/// Compares; no differences means that it matches.
pub fn matches(context: &Context<'_>, pattern: &Value, value: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(context, pattern, value, "", &mut found);
    found
}

fn compare(
    context: &Context<'_>,
    pattern: &Value,
    value: &Value,
    path: &str,
    found: &mut Vec<Difference>,
) {
    match pattern {
        Value::Object(members) => {
            if let Some((name, argument)) = matcher(members) {
                return special(context, name, argument, value, path, found);
            }
            let Value::Object(there) = value else {
                return differ(found, path, "an object", value);
            };
            for (name, member) in members {
                let below = format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"));
                let absent = member["$absent"] == true;
                match there.get(name) {
                    Some(value) if absent => differ(found, &below, "nothing of that name", value),
                    Some(value) => compare(context, member, value, &below, found),
                    None if absent => {}
                    None => found.push(Difference {
                        path: below,
                        expected: brief(member),
                        seen: "nothing of that name".to_owned(),
                        order: false,
                    }),
                }
            }
        }
        Value::Array(items) => {
            let Value::Array(there) = value else {
                return differ(found, path, "a list", value);
            };
            if items.len() != there.len() {
                let expected = format!("a list of {}", items.len());
                return differ(found, path, &expected, value);
            }
            for (index, (item, value)) in items.iter().zip(there).enumerate() {
                compare(context, item, value, &format!("{path}/{index}"), found);
            }
        }
        _ if equal(pattern, value) => {}
        _ => differ(found, path, &brief(pattern), value),
    }
}

fn matcher(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = members.iter().next()?;
    (members.len() == 1 && name.starts_with('$')).then_some((name.as_str(), argument))
}

fn special(
    context: &Context<'_>,
    name: &str,
    argument: &Value,
    value: &Value,
    path: &str,
    found: &mut Vec<Difference>,
) {
    let items = || argument.as_array().map(Vec::as_slice).unwrap_or_default();
    let fits = |pattern: &Value, value: &Value| {
        let mut inner = Vec::new();
        compare(context, pattern, value, path, &mut inner);
        inner.is_empty()
    };
    let holds = match name {
        "$type" => has_type(argument.as_str().unwrap_or_default(), value),
        "$regex" => value.as_str().is_some_and(|text| {
            whole(argument.as_str().unwrap_or_default()).is_some_and(|regex| regex.is_match(text))
        }),
        "$len" => length(value).is_some_and(|length| within(argument, length)),
        "$range" => value
            .as_f64()
            .is_some_and(|number| within(argument, number)),
        "$oneof" => items().iter().any(|pattern| fits(pattern, value)),
        "$all" => {
            for pattern in items() {
                compare(context, pattern, value, path, found);
            }
            true
        }
        "$not" => !fits(argument, value),
        "$contains" => match (argument, value) {
            (_, Value::Array(there)) => there.iter().any(|entry| fits(argument, entry)),
            (Value::String(text), Value::String(there)) => there.contains(text.as_str()),
            _ => false,
        },
        "$each" => match value {
            Value::Array(there) if !there.is_empty() => {
                for (index, entry) in there.iter().enumerate() {
                    compare(context, argument, entry, &format!("{path}/{index}"), found);
                }
                true
            }
            _ => false,
        },
        "$exact" => identical(argument, value),
        "$keys" => {
            let names: Vec<&str> = items().iter().filter_map(Value::as_str).collect();
            let there = value.as_object();
            let all = there.is_some_and(|there| {
                there.len() == names.len() && names.iter().all(|name| there.contains_key(*name))
            });
            if all && !there.is_some_and(|there| there.keys().eq(names.iter())) {
                found.push(Difference {
                    path: path.to_owned(),
                    expected: brief(&Value::Object(one(name, argument))),
                    seen: brief(value),
                    order: true,
                });
            }
            all
        }
        "$json" => return inside(context, argument, value.as_str(), value, path, found),
        "$base64" => {
            let decoded = value
                .as_str()
                .and_then(|text| STANDARD.decode(text).ok())
                .and_then(|bytes| String::from_utf8(bytes).ok());
            return inside(context, argument, decoded.as_deref(), value, path, found);
        }
        "$ref" => {
            let shape = argument.as_str().unwrap_or_default();
            if let Some(wrong) = (context.shape)(shape, value) {
                differ(found, path, &format!("a {shape}: {wrong}"), value);
            }
            true
        }
        "$same-as" => argument
            .as_str()
            .and_then(|pointer| context.root.pointer(pointer))
            .is_some_and(|other| identical(other, value)),
        "$sum" => {
            let sum: f64 = items()
                .iter()
                .filter_map(Value::as_str)
                .filter_map(|pointer| context.root.pointer(pointer))
                .filter_map(Value::as_f64)
                .sum();
            value
                .as_f64()
                .is_some_and(|number| (number - sum).abs() < 1e-9)
        }
        // The value is there, and $absent below an object was judged by that object.
        _ => false,
    };
    if !holds {
        differ(
            found,
            path,
            &brief(&Value::Object(one(name, argument))),
            value,
        );
    }
}

/// JSON within a string: differences are reported below the string's own path.
fn inside(
    context: &Context<'_>,
    pattern: &Value,
    text: Option<&str>,
    value: &Value,
    path: &str,
    found: &mut Vec<Difference>,
) {
    match text.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
        Some(inner) => compare(context, pattern, &inner, path, found),
        None => differ(found, path, "a string that holds JSON", value),
    }
}

fn one(name: &str, argument: &Value) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), argument.clone())])
}

fn has_type(name: &str, value: &Value) -> bool {
    match (name, value) {
        ("string", Value::String(_))
        | ("number", Value::Number(_))
        | ("boolean", Value::Bool(_))
        | ("object", Value::Object(_))
        | ("array", Value::Array(_))
        | ("null", Value::Null) => true,
        ("integer", Value::Number(number)) => number.is_i64() || number.is_u64(),
        ("timestamp", Value::String(text)) => OffsetDateTime::parse(text, &Rfc3339).is_ok(),
        ("uuid", Value::String(text)) => is_uuid(text),
        ("base64", Value::String(text)) => STANDARD.decode(text).is_ok(),
        _ => false,
    }
}

/// Lower-case hexadecimal in 8-4-4-4-12.
pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'))
}

/// A regular expression that must match the whole text.
pub(crate) fn whole(pattern: &str) -> Option<Regex> {
    Regex::new(&format!("^(?s:{pattern})$")).ok()
}

fn length(value: &Value) -> Option<f64> {
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => return None,
    };
    u32::try_from(length).ok().map(f64::from)
}

fn within(bounds: &Value, number: f64) -> bool {
    match bounds.as_f64() {
        #[allow(clippy::float_cmp)] // Lengths are whole numbers.
        Some(exact) => number == exact,
        None => {
            bounds["min"].as_f64().is_none_or(|min| number >= min)
                && bounds["max"].as_f64().is_none_or(|max| number <= max)
        }
    }
}

/// Equal, numbers by value.
fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || left.as_f64() == right.as_f64()
        }
        _ => left == right,
    }
}

/// Equal at every depth, numbers by value.
fn identical(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(left, right)| identical(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, left)| right.get(name).is_some_and(|right| identical(left, right)))
        }
        _ => equal(left, right),
    }
}

fn differ(found: &mut Vec<Difference>, path: &str, expected: &str, seen: &Value) {
    found.push(Difference {
        path: path.to_owned(),
        expected: expected.to_owned(),
        seen: brief(seen),
        order: false,
    });
}

/// A value as JSON, cut.
pub(crate) fn brief(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
