//! CountTokens: the tokens that the same request would cost as input of Converse or InvokeModel.
//!
//! Accepts base models only, also those that inference needs a profile for; profiles are refused with the
//! text for models that cannot count (recorded). A conversation is checked against Converse's rules.

use base64::Engine as _;
use serde::Serialize;
use serde_json::Value;

use super::converse::request::read;
use super::inference::{called, rule_input};
use super::rules::check_rules;
use super::{Call, Output};
use crate::behaviour::{Conversation, tokens};
use crate::conversation::{ConversationView, from_converse};
use crate::providers::{Ask, Request, broken_schema, dialect};
use crate::state::resolve::Resolved;
use crate::wire::ApiError;
use crate::wire::rows;

pub(super) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let resolved = model(call, called(call))?;
    let input = call.input.members.get("input").and_then(Value::as_object);
    let conversation = match input.and_then(|i| i.iter().next()) {
        Some((kind, members)) if kind == "converse" => {
            let view = from_converse(members);
            check_rules(&rule_input(call, &view, &resolved))?;
            read(&view)?
        }
        Some((_, invoke)) => of_body(call, &resolved, invoke)?,
        None => read(&ConversationView::default())?,
    };
    let input_tokens = tokens::input(&conversation);
    call.answer(&CountTokensOutput { input_tokens })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CountTokensOutput {
    input_tokens: u64,
}

/// Returns the base model that an id or foundation-model ARN names, if it can count.
fn model<'a>(call: &Call<'a>, id: &str) -> Result<Resolved<'a>, ApiError> {
    let base = id
        .rsplit_once(":foundation-model/")
        .map_or(id, |(_, base)| base);
    let catalogue = &call.app.catalogue;
    let entry = catalogue.model(base);
    match entry.and_then(|_| catalogue.family(base)) {
        Some(family) if family.counts_tokens => Ok(Resolved {
            id: base.to_owned(),
            entry,
            family,
            application_profile: false,
        }),
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
    resolved: &Resolved<'_>,
    invoke: &Value,
) -> Result<Conversation, ApiError> {
    let (model, family) = (resolved.id.as_str(), resolved.family);
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
