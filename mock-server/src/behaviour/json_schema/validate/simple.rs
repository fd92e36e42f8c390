//! Keywords that need no other schema: types, values, bounds.

use std::cmp::Ordering;
use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

use super::Judge;
use crate::behaviour::json_schema::number;

impl Judge<'_, '_> {
    /// Whether the value itself is as the schema says.
    pub(super) fn simple(&self, schema: &Map<String, Value>, value: &Value) -> bool {
        let typed = match schema.get("type") {
            Some(Value::String(kind)) => is_of(value, kind),
            Some(Value::Array(all)) => all
                .iter()
                .filter_map(Value::as_str)
                .any(|t| is_of(value, t)),
            _ => true,
        };
        let same = |other: &Value| canonical(other) == canonical(value);
        let stated = schema.get("const").is_none_or(same);
        let listed = schema.get("enum").and_then(Value::as_array);
        typed
            && stated
            && listed.is_none_or(|all| all.iter().any(same))
            && match value {
                Value::Number(number) => is_in_bounds(schema, number, value),
                Value::String(text) => self.text(schema, text),
                _ => true,
            }
    }

    fn text(&self, schema: &Map<String, Value>, text: &str) -> bool {
        let pattern = schema.get("pattern").and_then(Value::as_str);
        is_within(schema, text.chars().count(), "minLength", "maxLength")
            && pattern.is_none_or(|pattern| self.context.fits(pattern, text) != Some(false))
    }
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        // 1.0 is an integer too.
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0)
        }
        _ => true,
    }
}

/// Whether a count is within two bounds, where they are stated.
pub(super) fn is_within(schema: &Map<String, Value>, count: usize, low: &str, high: &str) -> bool {
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let count = count as f64;
    bound(low).is_none_or(|least| count >= least) && bound(high).is_none_or(|most| count <= most)
}

fn is_in_bounds(schema: &Map<String, Value>, number: &Number, value: &Value) -> bool {
    // Draft 4 says with a boolean that the other bound is exclusive.
    let exclusive = |name: &str| schema.get(name) == Some(&Value::Bool(true));
    let against = |name: &str, allowed: &[Ordering]| {
        let bound = schema.get(name).and_then(Value::as_number);
        bound.is_none_or(|bound| allowed.contains(&compare(number, bound)))
    };
    use Ordering::{Equal, Greater, Less};
    against(
        "minimum",
        if exclusive("exclusiveMinimum") {
            &[Greater]
        } else {
            &[Greater, Equal]
        },
    ) && against(
        "maximum",
        if exclusive("exclusiveMaximum") {
            &[Less]
        } else {
            &[Less, Equal]
        },
    ) && against("exclusiveMinimum", &[Greater])
        && against("exclusiveMaximum", &[Less])
        && schema
            .get("multipleOf")
            .is_none_or(|step| number::is_multiple(value, step))
}

/// Integers exactly, others as floating point.
fn compare(one: &Number, other: &Number) -> Ordering {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => {
            let float = |number: &Number| number.as_f64().unwrap_or(0.0);
            float(one).total_cmp(&float(other))
        }
    }
}

/// The same text for values that JSON Schema takes as equal: members in any order, 1 and 1.0.
pub(super) fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (name, value) in members {
                let _ = write!(out, "{name:?}:");
                write(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(entries) => {
            out.push('[');
            entries.iter().for_each(|entry| {
                write(entry, out);
                out.push(',');
            });
            out.push(']');
        }
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(whole) if whole.fract() == 0.0 && whole.abs() < 1e15 => {
                let _ = write!(out, "{}", whole as i64);
            }
            _ => {
                let _ = write!(out, "{number}");
            }
        },
        other => {
            let _ = write!(out, "{other}");
        }
    }
}
