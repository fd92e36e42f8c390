//! `Malformed input request: …`: a body held against its dialect's JSON Schema.
//!
//! The service uses a Java validator whose words leak: pointer, colon, reason; two or more
//! violations are only counted. The reasons here are the recorded ones, for the keywords that the
//! dialects' schemas use: type, required, properties, additionalProperties, items, minItems,
//! maxItems, minimum, maximum, minLength, maxLength, enum. `maximumOf` is the mock's own: the maximum
//! by model, `*` matches any rest, the first that matches counts.

use serde_json::Value;

use crate::json::Json as _;
use crate::state::catalogue::covers;
use crate::wire::{ApiError, rows};

/// What a body of a model breaks, as the service says it; `None` if it is valid.
pub(super) fn malformed(schema: &Value, model: &str, body: &Value) -> Option<ApiError> {
    let mut found = Vec::new();
    walk(schema, model, body, "#", &mut found);
    let what = match found.len() {
        0 => return None,
        1 => found.remove(0),
        n => format!("{n} schema violations found"),
    };
    Some(ApiError::row(rows::runtime::MALFORMED).with("what", &what))
}

fn walk(schema: &Value, model: &str, value: &Value, at: &str, found: &mut Vec<String>) {
    let mut broken = |reason: String| found.push(format!("{at}: {reason}"));
    if let Some(expected) = expected_type(schema, value) {
        broken(format!(
            "expected type: {expected}, found: {}",
            java_type(value)
        ));
        return;
    }
    if let Some(values) = schema.member("enum").and_then(Value::as_array)
        && !values.contains(value)
    {
        broken(format!("{} is not a valid enum value", plain(value)));
    }
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    if let Some(number) = value.as_f64() {
        if bound("minimum").is_some_and(|min| number < min) {
            broken(format!(
                "{value} is not greater or equal to {}",
                schema["minimum"]
            ));
        }
        let by_model = schema.member("maximumOf").and_then(Value::as_object);
        let of_model = by_model.and_then(|all| all.iter().find(|(m, _)| covers(m, model)));
        let most = of_model.map(|(_, most)| most).or(schema.member("maximum"));
        if let Some(most) = most.filter(|m| m.as_f64().is_some_and(|max| number > max)) {
            broken(format!("{value} is not less or equal to {most}"));
        }
    }
    if let Some(text) = value.as_str() {
        let length = text.chars().count() as f64;
        if bound("minLength").is_some_and(|min| length < min) {
            broken(format!(
                "expected minLength: {}, actual: {length}",
                schema["minLength"]
            ));
        }
        if bound("maxLength").is_some_and(|max| length > max) {
            broken(format!(
                "expected maxLength: {}, actual: {length}",
                schema["maxLength"]
            ));
        }
    }
    if let Some(entries) = value.as_array() {
        let count = entries.len() as f64;
        if bound("minItems").is_some_and(|min| count < min) {
            broken(format!(
                "expected minimum item count: {}, found: {count}",
                schema["minItems"]
            ));
        }
        if bound("maxItems").is_some_and(|max| count > max) {
            broken(format!(
                "expected maximum item count: {}, found: {count}",
                schema["maxItems"]
            ));
        }
        if let Some(items) = schema.member("items") {
            for (i, entry) in entries.iter().enumerate() {
                walk(items, model, entry, &format!("{at}/{i}"), found);
            }
        }
    }
    if let Some(object) = value.as_object() {
        for name in schema.texts("required") {
            if !object.contains_key(name) {
                found.push(format!("{at}: required key [{name}] not found"));
            }
        }
        let properties = schema.member("properties");
        for (name, value) in object {
            match properties.and_then(|p| p.get(name)) {
                Some(schema) => walk(schema, model, value, &format!("{at}/{name}"), found),
                None if schema.member("additionalProperties") == Some(&Value::Bool(false)) => {
                    found.push(format!("{at}: extraneous key [{name}] is not permitted"));
                }
                None => {}
            }
        }
    }
}

/// The Java name of the type that was expected, if the value has another one.
fn expected_type<'s>(schema: &'s Value, value: &Value) -> Option<&'s str> {
    let types: Vec<&str> = match schema.member("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let fits = types.iter().any(|t| match *t {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => true,
    });
    if fits {
        return None;
    }
    Some(match *types.first()? {
        "object" => "JSONObject",
        "array" => "JSONArray",
        "string" => "String",
        "number" => "Number",
        "integer" => "Integer",
        "boolean" => "Boolean",
        other => other,
    })
}

fn java_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(n) if n.is_f64() => "BigDecimal",
        Value::Number(_) => "Integer",
        Value::String(_) => "String",
        Value::Array(_) => "JSONArray",
        Value::Object(_) => "JSONObject",
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), Into::into)
}

#[cfg(test)]
mod tests {
    //! Each expected text was recorded or reported.
    use serde_json::json;

    use super::*;

    fn said(schema: &Value, body: &Value) -> String {
        malformed(schema, "meta.llama3-8b", body)
            .unwrap()
            .message()
            .to_owned()
    }

    #[test]
    fn reasons_have_the_recorded_words() {
        let closed = json!({"type": "object", "required": ["messages"], "properties": {"messages": {"type": "array", "minItems": 1, "items": {"type": "object", "properties": {"content": {"type": "array"}}}}, "max_gen_len": {"maximumOf": {"meta.llama4*": 8192, "meta.*": 2048}}, "text": {"maxLength": 512}}, "additionalProperties": false});
        let text = |what: &str| {
            format!("Malformed input request: {what}, please reformat your input and try again.")
        };
        assert_eq!(
            said(&closed, &json!({})),
            text("#: required key [messages] not found")
        );
        assert_eq!(
            said(&closed, &json!({"messages": [{}], "output_config": 1})),
            text("#: extraneous key [output_config] is not permitted")
        );
        assert_eq!(
            said(&closed, &json!({"messages": [{}], "max_gen_len": 8192})),
            text("#/max_gen_len: 8192 is not less or equal to 2048")
        );
        assert_eq!(
            said(&closed, &json!({"messages": [{}], "text": "x".repeat(536)})),
            text("#/text: expected maxLength: 512, actual: 536")
        );
        assert_eq!(
            said(&closed, &json!({"messages": [{"content": "x"}]})),
            text("#/messages/0/content: expected type: JSONArray, found: String")
        );
        assert_eq!(
            said(&closed, &json!({"a": 1})),
            text("2 schema violations found")
        );
        assert_eq!(
            said(&closed, &json!({"a": 1, "max_gen_len": 8192})),
            text("3 schema violations found")
        );
    }
}
