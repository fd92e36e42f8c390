//! Who speaks when.

use serde_json::Value;

use super::block_path::is_server;
use super::{RuleInput, refuse_if, role};
use crate::json::Json as _;
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// The first message is the user's, and there is one.
pub(super) fn the_user_starts(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let first = spoken(case).next();
    let given = case.input.member("messages").is_some();
    refuse_if(
        given && first.is_none_or(|m| role(m) != "user"),
        rows::runtime::FIRST_MESSAGE_NOT_USER,
    )
}

/// No role speaks twice in a row.
pub(super) fn roles_alternate(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let next = spoken(case).skip(1);
    let twice = spoken(case).zip(next).any(|(a, b)| role(a) == role(b));
    refuse_if(twice, rows::runtime::ROLES_ALTERNATE)
}

/// Instructions among the messages, for a model that takes none there: at the end they are no user's
/// message, elsewhere a system prompt.
pub(super) fn system_messages(case: &RuleInput<'_>) -> Result<(), ApiError> {
    if !case.refuses(Capability::SystemRole) {
        return Ok(());
    }
    let system = |m: &Value| role(m) == "system";
    if case.messages().last().is_some_and(system) {
        return Err(ApiError::row(rows::runtime::LAST_TURN_NOT_USER));
    }
    refuse_if(
        case.messages().iter().any(system),
        rows::runtime::SYSTEM_UNSUPPORTED,
    )
}

/// The last message is the user's, for models that cannot go on from the assistant's words.
pub(super) fn the_user_ends(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let broken = case.refuses(Capability::LastAssistantTurn) && last_of_assistant(case).is_some();
    refuse_if(broken, rows::runtime::LAST_TURN_NOT_USER)
}

/// What Claude says of a conversation that ends with the assistant.
pub(super) fn prefill(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some((index, message)) = last_of_assistant(case).filter(|_| case.is_claude()) else {
        return Ok(());
    };
    let content = message.items("content");
    let asked: Vec<&str> = content
        .iter()
        .filter(|b| !is_server(b, content))
        .filter_map(|b| b.at(&["toolUse", "toolUseId"])?.as_str())
        .collect();
    if !asked.is_empty() {
        return Err(ApiError::row(rows::runtime::CLAUDE_TOOL_RESULTS_MISSING)
            .with("index", &index.to_string())
            .with("ids", &asked.join(", ")));
    }
    if case.refuses(Capability::Prefill) {
        return Err(ApiError::row(rows::runtime::CLAUDE_PREFILL));
    }
    let last = content
        .iter()
        .rev()
        .find_map(|b| b.member("text").and_then(Value::as_str));
    refuse_if(
        last.is_some_and(|text| text.ends_with(char::is_whitespace)),
        rows::runtime::CLAUDE_TRAILING_WHITESPACE,
    )
}

fn last_of_assistant<'a>(case: &RuleInput<'a>) -> Option<(usize, &'a Value)> {
    let all = case.messages().iter().enumerate();
    all.rev()
        .find(|(_, m)| role(m) != "system")
        .filter(|(_, m)| role(m) == "assistant")
}

/// The messages of user and assistant.
fn spoken<'a>(case: &RuleInput<'a>) -> impl Iterator<Item = &'a Value> + use<'a> {
    case.messages().iter().filter(|m| role(m) != "system")
}
