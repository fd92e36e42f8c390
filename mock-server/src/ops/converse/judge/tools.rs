//! The tools that a request declares.

use std::collections::HashSet;

use serde_json::Value;

use super::super::inside::Inside as _;
use super::{Case, list, unless};
use crate::model::Members as _;
use crate::wire::ApiError;

/// Tool blocks in the messages need `toolConfig`.
pub(super) fn tool_blocks_need_tools(case: &Case<'_>) -> Result<(), ApiError> {
    let used = case
        .blocks()
        .any(|b| b.member("toolUse").is_some() || b.member("toolResult").is_some());
    unless(
        used && case.input.member("toolConfig").is_none(),
        "runtime.tool-config-missing",
    )
}

/// Free-form JSON that must be an object all the same.
pub(super) fn json_is_an_object(case: &Case<'_>) -> Result<(), ApiError> {
    let invalid =
        |path: String| Err(ApiError::row("runtime.not-a-json-object").with("path", &path));
    for (i, tool) in case.tools().iter().enumerate() {
        let Some(schema) = tool.inside(&["toolSpec", "inputSchema", "json"]) else {
            continue;
        };
        let path = format!("toolConfig.tools.{i}.toolSpec.inputSchema.json");
        if !schema.is_object() {
            return invalid(path);
        }
        if schema.member("type").is_none_or(|t| t != "object") {
            return Err(ApiError::row("runtime.schema-not-object").with("path", &path));
        }
    }
    for at in case.blocks() {
        let path = format!("messages.{}.content.{}", at.message, at.block);
        let input = at.value.inside(&["toolUse", "input"]);
        if input.is_some_and(|v| !v.is_object()) {
            return invalid(format!("{path}.toolUse.input"));
        }
        let results = list(at.value.inside(&["toolResult", "content"]));
        let broken = |c: &Value| c.member("json").is_some_and(|v| !v.is_object());
        if let Some(k) = results.iter().position(broken) {
            return invalid(format!("{path}.toolResult.content.{k}.json"));
        }
    }
    Ok(())
}

/// The tool that must be asked for is one of the request's.
pub(super) fn the_chosen_tool_exists(case: &Case<'_>) -> Result<(), ApiError> {
    let config = case.input.member("toolConfig");
    let Some(chosen) = config
        .and_then(|c| c.inside(&["toolChoice", "tool", "name"]))
        .and_then(Value::as_str)
    else {
        return Ok(());
    };
    let system =
        |t: &Value| t.inside(&["systemTool", "name"]).and_then(Value::as_str) == Some(chosen);
    if names(case).any(|name| name == chosen) || case.tools().iter().any(system) {
        return Ok(());
    }
    Err(match case.is_claude() {
        true => ApiError::row("runtime.claude-tool-choice").with("name", chosen),
        false => ApiError::row("runtime.tool-choice-unknown"),
    })
}

/// No two tools have one name. Only Claude is known to mind.
pub(super) fn names_differ(case: &Case<'_>) -> Result<(), ApiError> {
    let mut seen = HashSet::new();
    let twice = case.is_claude() && !names(case).all(|name| seen.insert(name));
    unless(twice, "runtime.claude-tool-names")
}

fn names<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    case.tools()
        .iter()
        .filter_map(|t| t.inside(&["toolSpec", "name"])?.as_str())
}
