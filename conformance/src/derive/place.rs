//! Putting a value where a way leads, with as little around it as its parents allow.

use serde_json::{Map, Value};

use super::minimal::Minimal;
use super::walk::Step;

/// The whole input: `base`, with `value` at the end of the way; no value leaves the member out.
pub(super) fn place(
    minimal: &Minimal<'_>,
    input: &str,
    base: &Map<String, Value>,
    way: &[Step],
    value: Option<Value>,
) -> Option<Value> {
    let mut whole = base.clone();
    let [Step::Member(name), rest @ ..] = way else {
        return None;
    };
    let of = minimal.service.shape(input)["members"][name]["shape"].as_str()?;
    match below(minimal, of, rest, value)? {
        Some(member) => {
            whole.insert(name.clone(), member);
        }
        None => {
            whole.remove(name);
        }
    }
    Some(Value::Object(whole))
}

/// The value of a shape on the way; the inner option is none where it is to be left out.
#[allow(clippy::option_option)] // Not derivable, or derivable as nothing.
fn below(
    minimal: &Minimal<'_>,
    shape: &str,
    way: &[Step],
    value: Option<Value>,
) -> Option<Option<Value>> {
    let Some((step, rest)) = way.split_first() else {
        return Some(value);
    };
    let stated = minimal.service.shape(shape);
    match step {
        Step::Member(name) => {
            let of = stated["members"][name]["shape"].as_str()?;
            let mut members = if stated["union"] == true {
                Map::new()
            } else {
                match minimal.make(shape)? {
                    Value::Object(members) => members,
                    _ => return None,
                }
            };
            match below(minimal, of, rest, value)? {
                Some(member) => {
                    members.insert(name.clone(), member);
                }
                None => {
                    members.remove(name);
                }
            }
            Some(Some(Value::Object(members)))
        }
        Step::Entry => {
            let of = stated["member"]["shape"].as_str()?;
            let entry = below(minimal, of, rest, value)??;
            let mut entries = vec![entry];
            let least = usize::try_from(stated["min"].as_u64().unwrap_or(0)).ok()?;
            while entries.len() < least {
                entries.push(minimal.make(of)?);
            }
            Some(Some(Value::Array(entries)))
        }
    }
}
