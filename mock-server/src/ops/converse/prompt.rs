//! A stored prompt in place of a model: its members with the variables filled in, followed by the
//! request's messages.
//!
//! The result is a request like any other, so all rules apply to it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::json::Json as _;
use crate::ops::Call;
use crate::state::arn::Arn;
use crate::state::stored_prompt::names_prompt;
use crate::wire::{ApiError, rows};

/// Members that a request with a stored prompt may not have, empty ones included.
const THE_PROMPTS_OWN: &[&str] = &[
    "additionalModelRequestFields",
    "inferenceConfig",
    "system",
    "toolConfig",
];

/// A request merged with the stored prompt that it names, if any.
pub(super) struct Effective<'a> {
    /// Id or ARN of the model that answers.
    pub(super) model: &'a str,
    /// The members of the request.
    pub(super) input: Cow<'a, Map<String, Value>>,
}

/// Returns the request merged with its stored prompt.
pub(super) fn effective<'a>(call: &Call<'a>) -> Result<Effective<'a>, ApiError> {
    let id = call.input.text("modelId").unwrap_or_default();
    let input = &call.input.members;
    if !names_prompt(id) {
        if input.contains_key("promptVariables") {
            return Err(
                ApiError::row(rows::runtime::PROMPT_VARIABLES_WITHOUT_PROMPT)
                    .hint(format!("modelId {id} is not the ARN of a stored prompt")),
            );
        }
        return Ok(Effective {
            model: id,
            input: Cow::Borrowed(input),
        });
    }
    let own = Arn::parse(id).is_some_and(|arn| arn.is_own(call.asker()));
    let prompt = call.app.catalogue.prompt(id).filter(|_| own);
    let Some(prompt) = prompt else {
        let hint = match own {
            true => format!(
                "modelId {id}: no such prompt is declared; add {{\"prompts\":[{{\"arn\":\"{id}\",\"model\":\"…\",\"messages\":[…]}}]}} with --catalogue FILE"
            ),
            false => format!(
                "modelId {id}: the prompt is of another region or account than {} in {}",
                call.principal.account, call.region
            ),
        };
        return Err(ApiError::row(rows::runtime::MODEL_ID_INVALID).hint(hint));
    };
    if let Some(field) = THE_PROMPTS_OWN.iter().find(|f| input.contains_key(**f)) {
        return Err(ApiError::row(rows::runtime::PROMPT_OVERRIDE).with("field", field));
    }
    let mut filled = prompt.members();
    let variables = input.member("promptVariables").and_then(Value::as_object);
    fill(&mut filled, variables.unwrap_or(&Map::new()))?;
    if let Some(Value::Array(messages)) = filled.get_mut("messages") {
        messages.extend(input.items("messages").iter().cloned());
    }
    for (name, value) in input {
        if name != "messages" && name != "promptVariables" {
            filled.insert(name.clone(), value.clone());
        }
    }
    Ok(Effective {
        model: &prompt.model,
        input: Cow::Owned(filled),
    })
}

/// Fills variables into the texts of messages and system prompts.
fn fill(prompt: &mut Map<String, Value>, variables: &Map<String, Value>) -> Result<(), ApiError> {
    let mut used = BTreeSet::new();
    for place in ["messages", "system"] {
        if let Some(value) = prompt.get_mut(place) {
            fill_texts(value, variables, &mut used)?;
        }
    }
    match variables.keys().find(|name| !used.contains(*name)) {
        Some(unknown) => {
            Err(ApiError::row(rows::runtime::PROMPT_VARIABLE_UNKNOWN).with("name", unknown))
        }
        None => Ok(()),
    }
}

fn fill_texts(
    value: &mut Value,
    variables: &Map<String, Value>,
    used: &mut BTreeSet<String>,
) -> Result<(), ApiError> {
    match value {
        Value::Array(entries) => entries
            .iter_mut()
            .try_for_each(|entry| fill_texts(entry, variables, used)),
        Value::Object(members) => members
            .iter_mut()
            .try_for_each(|(name, value)| match value {
                Value::String(text) if name == "text" => {
                    *text = filled(text, variables, used)?;
                    Ok(())
                }
                value => fill_texts(value, variables, used),
            }),
        _ => Ok(()),
    }
}

/// Fills variables into one text; their values are not searched again.
fn filled(
    text: &str,
    variables: &Map<String, Value>,
    used: &mut BTreeSet<String>,
) -> Result<String, ApiError> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_variable(rest) {
        let value = variables.get(name).and_then(|v| v.member("text")?.as_str());
        let Some(value) = value else {
            return Err(ApiError::row(rows::runtime::PROMPT_VARIABLE_MISSING).with("name", name));
        };
        used.insert(name.to_owned());
        out.push_str(before);
        out.push_str(value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Returns the first `{{name}}` of a text, with the text before and after it. Names are letters and
/// digits with single `_` or `-` between them, as the service's model has it.
fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let named = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    text.match_indices('{').find_map(|(open, _)| {
        let inner = text[open..].strip_prefix("{{")?;
        let (name, after) = inner.split_at(inner.find(|c| !named(c))?);
        let after = after.strip_prefix("}}")?;
        let fits = (1..=100).contains(&name.len());
        fits.then_some((&text[..open], name, after))
    })
}
