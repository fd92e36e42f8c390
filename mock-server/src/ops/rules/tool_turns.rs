//! Requests for tools and their results, turn by turn. Tools that the service runs itself are asked
//! for and answered in one message of the assistant and follow none of these rules.

use std::collections::HashSet;

use serde_json::Value;

use super::block_path::is_server;
use super::{RuleInput, role};
use crate::json::Json as _;
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// The assistant asks for tools, the user answers.
pub(super) fn tool_blocks_have_their_role(case: &RuleInput<'_>) -> Result<(), ApiError> {
    for at in case.blocks().filter(|at| !is_server(at.value, at.siblings)) {
        let speaker = role(&case.messages()[at.message]);
        let (field, theirs, owner) = match speaker {
            "assistant" if at.member("toolResult").is_some() => {
                ("toolResult", "tool_result", "user")
            }
            "user" | "system" if at.member("toolUse").is_some() => {
                ("toolUse", "tool_use", "assistant")
            }
            _ => continue,
        };
        return Err(match case.is_claude() {
            true => ApiError::row(rows::runtime::CLAUDE_TOOL_PLACEMENT)
                .with("index", &at.message.to_string())
                .with("kind", theirs)
                .with("role", owner),
            false => ApiError::row(rows::runtime::ROLE_FIELD_UNSUPPORTED)
                .with("field", field)
                .with("role", speaker),
        });
    }
    Ok(())
}

/// No id stands twice in a message.
pub(super) fn ids_differ(case: &RuleInput<'_>) -> Result<(), ApiError> {
    for (index, message) in case.messages().iter().enumerate() {
        for kind in ["toolUse", "toolResult"] {
            let mut seen = HashSet::new();
            let mut twice: Vec<String> = ids(message, kind)
                .into_iter()
                .filter(|id| !seen.insert(id.clone()))
                .collect();
            twice.dedup();
            if !twice.is_empty() {
                return Err(ApiError::row(rows::runtime::TOOL_IDS_DUPLICATE)
                    .with("kind", kind)
                    .with("index", &index.to_string())
                    .with("ids", &twice.join(", ")));
            }
        }
    }
    Ok(())
}

/// Every use is answered in the next message, all of a turn's in one, and nothing else is.
pub(super) fn results_fit_uses(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let spoken = case.messages().iter().enumerate();
    let mut asked: Vec<String> = Vec::new();
    for (index, message) in spoken.filter(|(_, m)| role(m) != "system") {
        let results = ids(message, "toolResult");
        if results.len() > asked.len() {
            return Err(
                ApiError::row(rows::runtime::TOOL_RESULTS_EXCEED).with("index", &index.to_string())
            );
        }
        let missing: Vec<String> = asked
            .into_iter()
            .filter(|id| !results.contains(id))
            .collect();
        if !missing.is_empty() {
            return Err(ApiError::row(rows::runtime::TOOL_RESULTS_MISSING)
                .with("index", &index.to_string())
                .with("ids", &missing.join(", ")));
        }
        asked = ids(message, "toolUse");
    }
    Ok(())
}

/// A result with the status `error` has content; any other may be empty
/// (NousResearch/hermes-agent#55092).
pub(super) fn failed_results_say_why(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let silent = |result: &Value| {
        result.member("status").is_some_and(|s| s == "error") && result.items("content").is_empty()
    };
    match case
        .blocks()
        .find(|at| at.member("toolResult").is_some_and(silent))
    {
        Some(at) => Err(ApiError::row(rows::runtime::TOOL_RESULT_EMPTY)
            .with("index", &at.message.to_string())
            .with("block", &at.block.to_string())),
        None => Ok(()),
    }
}

/// Some models take no text beside tool blocks.
pub(super) fn text_and_tools_apart(case: &RuleInput<'_>) -> Result<(), ApiError> {
    if !case.refuses(Capability::MixedToolTurn) {
        return Ok(());
    }
    let mixed = |message: &Value| {
        let content = message.items("content");
        let has = |kind: &str| content.iter().any(|b| b.get(kind).is_some());
        has("text") && (has("toolUse") || has("toolResult"))
    };
    match case.messages().iter().position(mixed) {
        Some(index) => {
            Err(ApiError::row(rows::runtime::TOOL_TURN_MIXED).with("index", &index.to_string()))
        }
        None => Ok(()),
    }
}

/// Some models know no `status` of results.
pub(super) fn status_is_known(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let said = || {
        case.blocks()
            .any(|at| at.value.at(&["toolResult", "status"]).is_some())
    };
    match case.refuses(Capability::ToolResultStatus) && said() {
        true => Err(ApiError::row(rows::runtime::FIELD_UNSUPPORTED).with("field", "status")),
        false => Ok(()),
    }
}

/// Claude minds ids that an earlier message has used.
pub(super) fn ids_are_new(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let mut seen = HashSet::new();
    let uses = case
        .blocks()
        .filter_map(|at| Some((at, at.value.at(&["toolUse", "toolUseId"])?.as_str()?)));
    for (at, id) in uses.filter(|_| case.is_claude()) {
        if !seen.insert(id) {
            return Err(ApiError::row(rows::runtime::CLAUDE_TOOL_IDS)
                .with("index", &at.message.to_string())
                .with("block", &at.block.to_string()));
        }
    }
    Ok(())
}

/// Ids of the tool blocks of a kind, without those of the service's own tools.
fn ids(message: &Value, kind: &str) -> Vec<String> {
    let id = |b: &Value| Some(b.get(kind)?.member("toolUseId")?.as_str()?.to_owned());
    let content = message.items("content");
    content
        .iter()
        .filter(|b| !is_server(b, content))
        .filter_map(id)
        .collect()
}
