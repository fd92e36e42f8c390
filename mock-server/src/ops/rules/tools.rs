//! The tools that a request declares.

use std::collections::HashSet;

use super::{RuleInput, refuse_if};
use crate::conversation::{ToolChoiceView, ToolKind, ViewKind};
use crate::json::Json as _;
use crate::wire::{ApiError, rows};

/// Tool blocks in the messages need `toolConfig`.
pub(super) fn tool_blocks_need_tools(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let missing = input.conversation.tool_config.is_none();
    refuse_if(
        missing && input.blocks().any(|at| at.kind().is_tool_block()),
        rows::runtime::TOOL_CONFIG_MISSING,
    )
}

/// Free-form JSON is an object where it must be one.
pub(super) fn json_is_an_object(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let invalid =
        |path: String| Err(ApiError::row(rows::runtime::NOT_A_JSON_OBJECT).with("path", &path));
    for (i, tool) in input.tools().iter().enumerate() {
        let ToolKind::Spec {
            schema: Some(schema),
            ..
        } = tool.kind
        else {
            continue;
        };
        let path = || format!("toolConfig.tools.{i}.toolSpec.inputSchema.json");
        if !schema.is_object() {
            return invalid(path());
        }
        if schema.member("type").is_none_or(|t| t != "object") {
            return Err(ApiError::row(rows::runtime::SCHEMA_NOT_OBJECT).with("path", &path()));
        }
    }
    for at in input.blocks() {
        let path = || format!("messages.{}.content.{}", at.message, at.block);
        match at.kind() {
            ViewKind::ToolUse(tool) if tool.input.is_some_and(|v| !v.is_object()) => {
                return invalid(format!("{}.toolUse.input", path()));
            }
            ViewKind::ToolResult(result) => {
                let mut content = result.content.iter();
                let broken = content
                    .position(|b| matches!(b.kind, ViewKind::Json(json) if !json.is_object()));
                if let Some(k) = broken {
                    return invalid(format!("{}.toolResult.content.{k}.json", path()));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The tool that must be called is one of the request's.
pub(super) fn chosen_exists(input: &RuleInput<'_>) -> Result<(), ApiError> {
    refuse_if(
        unknown_choice(input).is_some(),
        rows::runtime::TOOL_CHOICE_UNKNOWN,
    )
}

/// The same in Anthropic's words.
pub(super) fn chosen_exists_anthropic(input: &RuleInput<'_>) -> Result<(), ApiError> {
    match unknown_choice(input) {
        Some(name) => Err(ApiError::row(rows::runtime::CLAUDE_TOOL_CHOICE).with("name", name)),
        None => Ok(()),
    }
}

/// The name of a tool that must be called and is not one of the request's.
fn unknown_choice<'a>(input: &RuleInput<'a>) -> Option<&'a str> {
    let Some(ToolChoiceView::Tool(Some(chosen))) = input.conversation.tool_choice() else {
        return None;
    };
    let known = input.tools().iter().any(|tool| match tool.kind {
        ToolKind::Spec { name, .. } | ToolKind::System(name) => name == Some(chosen),
        _ => false,
    });
    (!known).then_some(chosen)
}

/// No two tools have one name. Only Claude is known to refuse that.
pub(super) fn names_differ(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let mut names = input.tools().iter().filter_map(|tool| match tool.kind {
        ToolKind::Spec { name, .. } => name,
        _ => None,
    });
    let mut seen = HashSet::new();
    refuse_if(
        !names.all(|name| seen.insert(name)),
        rows::runtime::CLAUDE_TOOL_NAMES,
    )
}
