//! What is asked of the answer: its length and its form.

use serde_json::Value;

use super::RuleInput;
use crate::json::Json as _;
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// Depth to which a schema is looked at.
const DEEPEST: usize = 64;

/// Not more tokens than the model can give; the limit itself passes.
pub(super) fn cap(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let asked = case.inference("maxTokens").and_then(Value::as_u64);
    match (asked, case.limits().max_output_tokens) {
        (Some(asked), Some(limit)) if asked > limit => {
            Err(ApiError::row(rows::runtime::MAX_TOKENS_ABOVE_CAP)
                .with("limit", &limit.to_string()))
        }
        _ => Ok(()),
    }
}

/// `outputConfig` is something that the model takes, and its schema can be read.
pub(super) fn schema(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some(config) = case.input.member("outputConfig") else {
        return Ok(());
    };
    let field =
        |name: &str| Err(ApiError::row(rows::runtime::FIELD_UNSUPPORTED).with("field", name));
    if case.refuses(Capability::OutputConfig) {
        return field("outputConfig");
    }
    if case.refuses(Capability::Effort) && config.member("effort").is_some() {
        return field("effort");
    }
    let Some(text) = config
        .at(&["textFormat", "structure", "jsonSchema", "schema"])
        .and_then(Value::as_str)
    else {
        return Ok(());
    };
    let read: Option<Value> = serde_json::from_str(text).ok();
    let Some(schema) = read.filter(Value::is_object) else {
        return Err(ApiError::row(rows::runtime::OUTPUT_SCHEMA_UNREADABLE)
            .hint("outputConfig: the schema is a JSON object, written as text"));
    };
    match case.is_claude().then(|| unfit(&schema, 0)).flatten() {
        Some(what) => Err(ApiError::row(rows::runtime::CLAUDE_OUTPUT_SCHEMA).with("what", &what)),
        None => Ok(()),
    }
}

/// What Anthropic does not take of a schema that it must follow to the letter: open objects, and
/// bounds that its grammar cannot express.
fn unfit(schema: &Value, depth: usize) -> Option<String> {
    if depth > DEEPEST {
        return None;
    }
    match schema {
        Value::Array(all) => return all.iter().find_map(|s| unfit(s, depth + 1)),
        Value::Object(_) => {}
        _ => return None,
    }
    let kinds: Vec<&str> = match schema.member("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let kind = |k: &str| kinds.contains(&k);
    if kind("object") && schema.member("additionalProperties") != Some(&Value::Bool(false)) {
        return Some(
            "For 'object' type, 'additionalProperties' must be explicitly set to false".into(),
        );
    }
    if kind("array")
        && schema
            .member("minItems")
            .is_some_and(|n| n.as_u64() > Some(1))
    {
        return Some(
            "For 'array' type, 'minItems' values other than 0 or 1 are not supported".into(),
        );
    }
    for (name, bounds) in BOUNDS {
        let found: Vec<&str> = bounds
            .iter()
            .copied()
            .filter(|b| kind(name) && schema.get(b).is_some())
            .collect();
        match found[..] {
            [] => {}
            [one] => {
                return Some(format!(
                    "For '{name}' type, property '{one}' is not supported"
                ));
            }
            _ => {
                let all = found.join(", ");
                return Some(format!(
                    "For '{name}' type, properties {all} are not supported"
                ));
            }
        }
    }
    let inner = ["properties", "$defs", "definitions"];
    inner
        .iter()
        .filter_map(|name| schema.get(name)?.as_object())
        .flat_map(|members| members.values())
        .chain(
            ["items", "anyOf", "allOf", "oneOf"]
                .iter()
                .filter_map(|n| schema.get(n)),
        )
        .chain(schema.items("prefixItems"))
        .find_map(|s| unfit(s, depth + 1))
}

/// Bounds by type, in the order in which they are named.
const BOUNDS: &[(&str, &[&str])] = &[
    ("array", &["maxItems", "uniqueItems"]),
    ("number", NUMBER),
    ("integer", NUMBER),
    ("string", &["maxLength", "minLength"]),
];

const NUMBER: &[&str] = &[
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maximum",
    "minimum",
    "multipleOf",
];
