//! The tools that a request declares.

use std::collections::HashSet;

use serde_json::Value;

use super::{RuleInput, refuse_if};
use crate::json::{Json as _, items};
use crate::wire::{ApiError, rows};

/// Tool blocks in the messages need `toolConfig`.
pub(super) fn tool_blocks_need_tools(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let used = case
        .blocks()
        .any(|b| b.member("toolUse").is_some() || b.member("toolResult").is_some());
    refuse_if(
        used && case.input.member("toolConfig").is_none(),
        rows::runtime::TOOL_CONFIG_MISSING,
    )
}

/// Free-form JSON that must be an object all the same.
pub(super) fn json_is_an_object(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let invalid =
        |path: String| Err(ApiError::row(rows::runtime::NOT_A_JSON_OBJECT).with("path", &path));
    for (i, tool) in case.tools().iter().enumerate() {
        let Some(schema) = tool.at(&["toolSpec", "inputSchema", "json"]) else {
            continue;
        };
        let path = format!("toolConfig.tools.{i}.toolSpec.inputSchema.json");
        if !schema.is_object() {
            return invalid(path);
        }
        if schema.member("type").is_none_or(|t| t != "object") {
            return Err(ApiError::row(rows::runtime::SCHEMA_NOT_OBJECT).with("path", &path));
        }
    }
    for at in case.blocks() {
        let path = format!("messages.{}.content.{}", at.message, at.block);
        let input = at.value.at(&["toolUse", "input"]);
        if input.is_some_and(|v| !v.is_object()) {
            return invalid(format!("{path}.toolUse.input"));
        }
        let results = items(at.value.at(&["toolResult", "content"]));
        let broken = |c: &Value| c.member("json").is_some_and(|v| !v.is_object());
        if let Some(k) = results.iter().position(broken) {
            return invalid(format!("{path}.toolResult.content.{k}.json"));
        }
    }
    Ok(())
}

/// The tool that must be asked for is one of the request's.
pub(super) fn the_chosen_tool_exists(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let config = case.input.member("toolConfig");
    let Some(chosen) = config
        .and_then(|c| c.at(&["toolChoice", "tool", "name"]))
        .and_then(Value::as_str)
    else {
        return Ok(());
    };
    let system = |t: &Value| t.at(&["systemTool", "name"]).and_then(Value::as_str) == Some(chosen);
    if names(case).any(|name| name == chosen) || case.tools().iter().any(system) {
        return Ok(());
    }
    Err(match case.is_claude() {
        true => ApiError::row(rows::runtime::CLAUDE_TOOL_CHOICE).with("name", chosen),
        false => ApiError::row(rows::runtime::TOOL_CHOICE_UNKNOWN),
    })
}

/// No two tools have one name. Only Claude is known to mind.
pub(super) fn names_differ(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let mut seen = HashSet::new();
    let twice = case.is_claude() && !names(case).all(|name| seen.insert(name));
    refuse_if(twice, rows::runtime::CLAUDE_TOOL_NAMES)
}

fn names<'a>(case: &RuleInput<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    case.tools()
        .iter()
        .filter_map(|t| t.at(&["toolSpec", "name"])?.as_str())
}
