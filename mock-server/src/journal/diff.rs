//! In what something differs from what was asked for.

use serde::Serialize;
use serde_json::Value;

/// Most differences that are told of one entry.
pub(super) const MOST_DIFFERENCES: usize = 20;

/// One thing in which an entry is not as asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Where: `operation`, `headers/x-name`, `body/messages/0/role`, …
    pub what: String,
    /// What was asked for.
    pub expected: String,
    /// What there is.
    pub found: String,
}

/// Notes where `found` lacks something of `expected`.
pub(super) fn subset(at: &str, expected: &Value, found: Option<&Value>, out: &mut Vec<Difference>) {
    if out.len() >= MOST_DIFFERENCES {
        return;
    }
    match (expected, found) {
        (Value::Object(wanted), Some(Value::Object(there))) => {
            for (name, value) in wanted {
                subset(&format!("{at}/{name}"), value, there.get(name), out);
            }
        }
        (Value::Array(wanted), Some(Value::Array(there))) => {
            if wanted.len() != there.len() {
                out.push(difference(
                    at,
                    &format!("{} entries", wanted.len()),
                    &format!("{} entries", there.len()),
                ));
            }
            for (i, (wanted, there)) in wanted.iter().zip(there).enumerate() {
                subset(&format!("{at}/{i}"), wanted, Some(there), out);
            }
        }
        (Value::Number(a), Some(Value::Number(b))) if a.as_f64() == b.as_f64() => {}
        (expected, Some(found)) if expected == found => {}
        (expected, found) => {
            let found = found.map_or_else(|| "none".into(), short);
            out.push(difference(at, &short(expected), &found));
        }
    }
}

pub(super) fn difference(what: &str, expected: &str, found: &str) -> Difference {
    Difference {
        what: what.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}

/// A value as JSON, cut where it gets long.
pub(super) fn short(value: &Value) -> String {
    const LONGEST: usize = 200;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_of_bodies_name_their_place() {
        let expected = json!({"a": {"b": [1, {"c": "x"}]}, "n": 1.0});
        let mut out = Vec::new();
        let found = json!({"a": {"b": [1, {"c": "y", "more": 1}]}, "n": 1, "rest": true});
        subset("body", &expected, Some(&found), &mut out);
        assert_eq!(out, [difference("body/a/b/1/c", "\"x\"", "\"y\"")]);
        out.clear();
        subset("body", &expected, Some(&json!({"a": {"b": []}})), &mut out);
        assert_eq!(
            out,
            [
                difference("body/a/b", "2 entries", "0 entries"),
                difference("body/n", "1.0", "none")
            ]
        );
    }
}
