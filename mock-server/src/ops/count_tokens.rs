//! CountTokens: what the same request would cost as input of Converse or InvokeModel.
//!
//! Takes base models only, also those that inference needs a profile for; profiles are refused with
//! the text for models that cannot count (recorded). A conversation is judged as Converse judges it.

use base64::Engine as _;
use serde_json::{Map, Value, json};

use super::Call;
use super::converse::request::conversation;
use super::rules::{RuleInput, judge};
use crate::behaviour::{Conversation, tokens};
use crate::providers::{Ask, Request, broken_schema, dialect};
use crate::state::catalogue::Family;
use crate::wire::rows;
use crate::wire::{Answer, ApiError, json as wire_json};

pub(super) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
    let id = call.input.text("modelId").unwrap_or_default();
    let (model, family) = model(call, id)?;
    let input = call.input.members.get("input").and_then(Value::as_object);
    let conversation = match input.and_then(|i| i.iter().next()) {
        Some((kind, Value::Object(members))) if kind == "converse" => {
            judge(&RuleInput {
                input: members,
                model,
                called: id,
                region: call.region,
                family,
                entry: call.app.catalogue.model(model),
                catalogue: &call.app.catalogue,
                stream: false,
            })?;
            conversation(members)?
        }
        Some((_, invoke)) => of_body(call, model, family, invoke)?,
        None => conversation(&Map::new())?,
    };
    let body = json!({ "inputTokens": tokens::input(&conversation) });
    Ok(Answer::json(
        200,
        wire_json::write(call.model, call.operation.output, &body),
    ))
}

/// The base model that an id or foundation-model ARN names, if it can count.
fn model<'a>(call: &Call<'a>, id: &'a str) -> Result<(&'a str, &'a Family), ApiError> {
    let base = id
        .rsplit_once(":foundation-model/")
        .map_or(id, |(_, base)| base);
    let catalogue = &call.app.catalogue;
    let family = catalogue.model(base).and_then(|_| catalogue.family(base));
    match family {
        Some(family) if family.counts_tokens => Ok((base, family)),
        Some(_) => {
            Err(ApiError::row(rows::runtime::CANNOT_COUNT)
                .hint(format!("{base} cannot count tokens")))
        }
        None if catalogue.profile(id).is_some() || id.starts_with("arn:") => {
            Err(ApiError::row(rows::runtime::CANNOT_COUNT)
                .hint("profiles cannot count tokens; name the base model"))
        }
        None => Err(ApiError::row(rows::runtime::MODEL_ID_INVALID)
            .hint(format!("modelId {id} is in no catalogue layer"))),
    }
}

fn of_body(
    call: &Call<'_>,
    model: &str,
    family: &Family,
    invoke: &Value,
) -> Result<Conversation, ApiError> {
    let text = invoke
        .get("body")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let unreadable = |why: String| ApiError::row(rows::runtime::MALFORMED_UNREADABLE).hint(why);
    let raw = base64::engine::general_purpose::STANDARD
        .decode(text)
        .map_err(|e| unreadable(e.to_string()))?;
    let body: Value = serde_json::from_slice(&raw).map_err(|e| unreadable(e.to_string()))?;
    let Some(dialect) = dialect(model, &body) else {
        return Err(ApiError::row(rows::runtime::CANNOT_COUNT));
    };
    if let Some(refusal) = broken_schema(dialect, model, &body) {
        return Err(refusal);
    }
    tools_can_be_counted(&body)?;
    let request = Request {
        model,
        body: &body,
        seed: call.request.seed(),
        now: 0,
        family,
        stream: false,
    };
    match (dialect.parse)(&request)? {
        Ask::Chat(conversation) => Ok(conversation),
        #[allow(
            unreachable_patterns,
            reason = "families that only embed or draw come with other kinds of request"
        )]
        _ => Err(ApiError::row(rows::runtime::CANNOT_COUNT)),
    }
}

/// Types of tools that CountTokens takes in Anthropic's bodies (the recorded list).
const TOOL_TYPES: &[&str] = &[
    "bash_20250124",
    "custom",
    "text_editor_20250124",
    "text_editor_20250429",
    "text_editor_20250728",
];

/// Anthropic's tools on the service's side cannot be counted, though they can be asked for.
fn tools_can_be_counted(body: &Value) -> Result<(), ApiError> {
    let tools = body.get("tools").and_then(Value::as_array);
    for (index, tool) in tools.into_iter().flatten().enumerate() {
        let Some(kind) = tool.get("type").and_then(Value::as_str) else {
            continue;
        };
        if !TOOL_TYPES.contains(&kind) {
            let types: Vec<String> = TOOL_TYPES.iter().map(|t| format!("'{t}'")).collect();
            return Err(ApiError::row(rows::runtime::CANNOT_COUNT_TOOL)
                .with("index", &index.to_string())
                .with("type", kind)
                .with("types", &types.join(", ")));
        }
    }
    Ok(())
}
