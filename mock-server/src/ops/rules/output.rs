//! What the request requires of the answer: its length and its form.

use serde_json::Value;

use super::{RuleInput, refuse_if};
use crate::json::Json as _;
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// Depth to which a schema is checked.
const DEEPEST: usize = 64;

/// Not more tokens than the model can give; the limit itself passes.
pub(super) fn cap(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let requested = input.conversation.inference.max_tokens;
    match (requested, input.limits().max_output_tokens) {
        (Some(requested), Some(limit)) if requested > limit => {
            Err(ApiError::row(rows::runtime::MAX_TOKENS_ABOVE_CAP)
                .with("limit", &limit.to_string()))
        }
        _ => Ok(()),
    }
}

/// `outputConfig` is something that the model accepts, and its schema can be read.
pub(super) fn schema(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some(config) = &input.conversation.output else {
        return Ok(());
    };
    let field =
        |name: &str| Err(ApiError::row(rows::runtime::FIELD_UNSUPPORTED).with("field", name));
    if input.refuses(Capability::OutputConfig) {
        return field("outputConfig");
    }
    if input.refuses(Capability::Effort) && config.effort {
        return field("effort");
    }
    match config.schema.is_some_and(|text| read(text).is_none()) {
        true => Err(ApiError::row(rows::runtime::OUTPUT_SCHEMA_UNREADABLE)
            .hint("outputConfig: the schema is a JSON object, written as text")),
        false => Ok(()),
    }
}

/// The schema is one that Anthropic can follow to the letter.
pub(super) fn schema_anthropic(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let config = input.conversation.output.as_ref();
    let schema = config.and_then(|config| read(config.schema?));
    match schema.and_then(|schema| unfit(&schema, 0)) {
        Some(what) => Err(ApiError::row(rows::runtime::CLAUDE_OUTPUT_SCHEMA).with("what", &what)),
        None => Ok(()),
    }
}

/// `output_config` of an Anthropic body: the model knows it, and the effort in it.
pub(super) fn body_config_anthropic(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some(config) = &input.conversation.output else {
        return Ok(());
    };
    if input.refuses(Capability::OutputConfig) {
        let what = "#: extraneous key [output_config] is not permitted";
        return Err(ApiError::row(rows::runtime::MALFORMED).with("what", what));
    }
    refuse_if(
        config.effort && input.refuses(Capability::Effort),
        rows::runtime::CLAUDE_EFFORT,
    )
}

fn read(schema: &str) -> Option<Value> {
    let schema: Option<Value> = serde_json::from_str(schema).ok();
    schema.filter(Value::is_object)
}

/// Returns what Anthropic refuses in a schema that it must follow to the letter: open objects, and bounds
/// that its grammar cannot express.
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
