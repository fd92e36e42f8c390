//! Rules as `--fault` takes them: JSON, or `KIND:NAME=VALUE,NAME=VALUE`.

use serde_json::{Map, Value};

use super::{Rule, RuleError, error_rows};

/// Reads the rules of one flag. What begins with a brace or a bracket is JSON. In the short form
/// values that are numbers, `true` or `false` are that, others are text; an exception's own name may
/// stand in place of the kind: `ThrottlingException:first=2`.
pub fn read_flag(text: &str) -> Result<Vec<Rule>, RuleError> {
    if text.trim_start().starts_with(['{', '[']) {
        return Rule::read_all(text);
    }
    let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
    let mut members = Map::new();
    match super::KINDS.iter().any(|about| about.name == kind) {
        false if error_rows::row(kind, true).is_some() => {
            members.insert("kind".into(), "exception".into());
            members.insert("error".into(), kind.into());
        }
        _ => {
            members.insert("kind".into(), kind.into());
        }
    }
    for pair in rest.split(',').filter(|pair| !pair.is_empty()) {
        let Some((name, value)) = pair.split_once('=') else {
            let text = format!("{pair:?}: expected NAME=VALUE, as in {kind}:first=2");
            return Err(RuleError::new(text));
        };
        // An account is twelve digits and yet no number.
        let value = match serde_json::from_str(value) {
            Ok(scalar @ (Value::Number(_) | Value::Bool(_))) if name != "account" => scalar,
            _ => Value::from(value),
        };
        members.insert(name.into(), value);
    }
    Ok(vec![Rule::from_value(Value::Object(members))?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        let rules = read_flag(text).map(|rules| rules[0].to_value().to_string());
        rules.unwrap_or_else(|e| e.to_string())
    }

    #[test]
    fn short_forms() {
        assert_eq!(
            json("ThrottlingException:first=2,operation=Converse"),
            r#"{"kind":"exception","error":"ThrottlingException","operation":"Converse","first":2}"#
        );
        assert_eq!(
            json("stall:events=2,account=000000000001"),
            r#"{"kind":"stall","events":2,"account":"000000000001"}"#
        );
        assert_eq!(json("hang"), r#"{"kind":"hang"}"#);
        assert_eq!(
            json("pacing:eventsPerSecond=20,jitter=0.5,seed=7"),
            r#"{"kind":"pacing","eventsPerSecond":20.0,"jitter":0.5,"seed":7}"#
        );
        assert_eq!(
            json(r#"{"kind": "delay", "ms": 5, "id": "a"}"#),
            r#"{"id":"a","kind":"delay","ms":5}"#
        );
    }

    #[test]
    fn mistakes_are_told_where_they_stand() {
        for (text, told) in [
            (
                "{\"kind\": \"delay\",\n \"mss\": 5}",
                "2:2: delay: unknown field `mss`, expected `ms`",
            ),
            ("{\"kind\": \"delay\", \"ms\": 5", "1:25: not JSON"),
            ("{\"kind\": \"delay\"}", "1:1: delay: missing field `ms`"),
            (
                "{\"kind\": \"dely\"}",
                "1:2: kind \"dely\" is unknown; did you mean \"delay\"?; expected one of exception, delay",
            ),
            (
                "{\"kind\": \"hang\", \"every\": 0}",
                "1:18: every: expected at least 1",
            ),
            (
                "{\"kind\": \"hang\", \"first\": -1}",
                "1:18: first: invalid value",
            ),
            (
                "{\"kind\": \"hang\", \"first\": 1, \"more\": 1}",
                "1:30: hang: unknown field `more`",
            ),
            (
                "{\"kind\": \"delay\",\n \"ms\": \"5\"}",
                "2:2: delay: ms: invalid type: string \"5\"",
            ),
            (
                "{\"kind\": \"delay\", \"ms\": 1, \"acount\": \"7\"}",
                "1:28: delay: unknown field `acount`, expected `ms`; did you mean \"account\"? A rule also has: id, account,",
            ),
            (
                "ThrotlingException:first=2",
                "did you mean {\"kind\": \"exception\", \"error\": \"ThrottlingException\"}, which is ThrottlingException in --fault?",
            ),
            ("hang:first", "\"first\": expected NAME=VALUE"),
            (
                "{\"kind\": \"exception\", \"error\": \"Nope\"}",
                "1:23: exception: error: \"Nope\" is unknown",
            ),
            ("[]x", "1:3: not JSON"),
            (
                "{\"kind\": \"drop-event\"}",
                "drop-event: index: give index, name or both",
            ),
        ] {
            let error = read_flag(text).unwrap_err().to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
