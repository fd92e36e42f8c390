//! Whether an answer has the modelled form: types, required members, no unknown members.
//!
//! Patterns, lengths, ranges and enumerations are left out: real answers break those.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::overlay::Overlay;
use super::service::{Protocol, Service};

/// One place where a value departs from its shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// JSON pointer to the value.
    pub path: String,
    /// What is wrong with it.
    pub what: String,
}

/// Compares a value with a shape.
pub fn check_shape(
    service: &Service,
    overlay: &Overlay,
    shape: &str,
    value: &Value,
) -> Vec<Mismatch> {
    let mut check = Check {
        service,
        overlay,
        found: Vec::new(),
    };
    check.value(shape, value, &mut String::new());
    check.found
}

struct Check<'a> {
    service: &'a Service,
    overlay: &'a Overlay,
    found: Vec<Mismatch>,
}

impl Check<'_> {
    fn report(&mut self, path: &str, what: impl Into<String>) {
        self.found.push(Mismatch {
            path: path.to_owned(),
            what: what.into(),
        });
    }

    fn value(&mut self, shape: &str, value: &Value, path: &mut String) {
        let stated = self.service.shape(shape);
        if stated["document"] == true {
            return;
        }
        let query = self.service.protocol == Protocol::Query;
        match (stated["type"].as_str().unwrap_or_default(), value) {
            ("structure", Value::Object(_)) => self.structure(shape, value, path),
            // An element of a query answer that has nothing in it.
            ("structure", Value::String(text)) if query && text.is_empty() => {
                self.structure(shape, &Value::Object(serde_json::Map::new()), path);
            }
            ("list", Value::String(text)) if query && text.is_empty() => {}
            ("list", Value::Object(wrapped)) if query && wrapped.contains_key("member") => {
                path.push_str("/member");
                self.list(shape, &wrapped["member"], path);
                path.truncate(path.len() - "/member".len());
            }
            ("list", Value::Array(_)) => self.list(shape, value, path),
            ("map", Value::Object(entries)) => {
                let of = stated["value"]["shape"].as_str().unwrap_or_default();
                for (name, entry) in entries {
                    self.below(path, name, of, entry);
                }
            }
            ("string", Value::String(_)) | ("boolean", Value::Bool(_)) => {}
            ("boolean", Value::String(text)) if query && (text == "true" || text == "false") => {}
            ("integer" | "long", Value::Number(number)) if number.is_i64() || number.is_u64() => {}
            ("integer" | "long", Value::String(text)) if query && text.parse::<i64>().is_ok() => {}
            ("float" | "double", Value::Number(_)) => {}
            ("float" | "double", Value::String(text))
                if matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity") => {}
            ("blob", Value::String(text)) if STANDARD.decode(text).is_ok() => {}
            ("timestamp", Value::String(text)) if OffsetDateTime::parse(text, &Rfc3339).is_ok() => {
            }
            ("timestamp", Value::Number(_)) if stated["timestampFormat"].is_null() => {}
            ("", _) => self.report(path, format!("the model has no shape {shape}")),
            (kind, _) => {
                let what = format!("is no {kind} ({shape}) but {}", brief(value));
                self.report(path, what);
            }
        }
    }

    fn structure(&mut self, shape: &str, value: &Value, path: &mut String) {
        let Some(object) = value.as_object() else {
            return;
        };
        let (service, overlay) = (self.service, self.overlay);
        let members: Vec<_> = service
            .members(shape)
            .into_iter()
            .filter(|(_, member, _)| member["location"].is_null())
            .collect();
        let nulls = overlay.allows_nulls(&service.name);
        for (name, member, of) in &members {
            let wire_name = member["locationName"].as_str().unwrap_or(name);
            match object.get(wire_name) {
                None if service.is_required(shape, name) => {
                    self.report(path, format!("lacks {wire_name}, which {shape} requires"));
                }
                None => {}
                Some(Value::Null) if nulls && !service.is_required(shape, name) => {}
                Some(entry) => self.below(path, wire_name, of, entry),
            }
        }
        for name in object.keys() {
            let modelled = members.iter().any(|(modelled, member, _)| {
                member["locationName"].as_str().unwrap_or(modelled) == name
            });
            if !modelled && !overlay.allows_member(&service.name, shape, name) {
                self.report(path, format!("has {name}, which {shape} does not"));
            }
        }
        if service.shape(shape)["union"] == true {
            let set = object.values().filter(|entry| !entry.is_null()).count();
            if set != 1 {
                self.report(path, format!("is a union ({shape}) and has {set} members"));
            }
        }
    }

    fn list(&mut self, shape: &str, value: &Value, path: &mut String) {
        let of = self.service.shape(shape)["member"]["shape"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        for (index, entry) in value.as_array().into_iter().flatten().enumerate() {
            self.below(path, &index.to_string(), &of, entry);
        }
    }

    fn below(&mut self, path: &mut String, name: &str, shape: &str, value: &Value) {
        let length = path.len();
        path.push('/');
        path.push_str(&name.replace('~', "~0").replace('/', "~1"));
        self.value(shape, value, path);
        path.truncate(length);
    }
}

/// A value for a message, cut.
fn brief(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Models;
    use super::*;

    fn found(operation: &str, value: &Value) -> Vec<String> {
        let models = Models::embedded().unwrap();
        let (service, operation) = models.operation(operation).unwrap();
        let output = operation.output.as_deref().unwrap();
        check_shape(service, &Overlay::embedded(), output, value)
            .into_iter()
            .map(|mismatch| format!("{} {}", mismatch.path, mismatch.what))
            .collect()
    }

    #[test]
    fn a_recorded_answer_fits() {
        let answer = json!({
            "metrics": {"latencyMs": 1},
            "output": {"message": {"role": "assistant", "content": [{"text": "x"}]}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 1, "outputTokens": 1, "serverToolUsage": {}, "totalTokens": 2}
        });
        assert_eq!(found("Converse", &answer), Vec::<String>::new());
    }

    #[test]
    fn near_misses_do_not() {
        let answer = json!({
            "metrics": {"latencyMs": 1.5},
            "output": {"message": {"role": "assistant", "content": [{"text": "x", "image": null}, {}]}},
            "usage": {"inputTokens": "1", "outputTokens": 1, "totalTokens": 2, "tokens": 2}
        });
        assert_eq!(
            found("Converse", &answer),
            [
                "/output/message/content/0/image is no structure (ImageBlock) but null",
                "/output/message/content/1 is a union (ContentBlock) and has 0 members",
                " lacks stopReason, which ConverseResponse requires",
                "/usage/inputTokens is no integer (TokenUsageInputTokensInteger) but \"1\"",
                "/usage has tokens, which TokenUsage does not",
                "/metrics/latencyMs is no long (Long) but 1.5",
            ]
        );
    }
}
