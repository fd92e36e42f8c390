//! Who speaks when.

use serde_json::Value;

use super::super::inside::Inside as _;
use super::places::is_server;
use super::{Case, list, role, unless};
use crate::model::Members as _;
use crate::state::catalogue::Capability;
use crate::wire::ApiError;

/// The first message is the user's, and there is one.
pub(super) fn the_user_starts(case: &Case<'_>) -> Result<(), ApiError> {
    let first = spoken(case).next();
    let given = case.input.member("messages").is_some();
    unless(
        given && first.is_none_or(|m| role(m) != "user"),
        "runtime.first-message-not-user",
    )
}

/// No role speaks twice in a row.
pub(super) fn roles_alternate(case: &Case<'_>) -> Result<(), ApiError> {
    let next = spoken(case).skip(1);
    let twice = spoken(case).zip(next).any(|(a, b)| role(a) == role(b));
    unless(twice, "runtime.roles-alternate")
}

/// Instructions among the messages, for a model that takes none there: at the end they are no user's
/// message, elsewhere a system prompt.
pub(super) fn system_messages(case: &Case<'_>) -> Result<(), ApiError> {
    if !case.refuses(Capability::SystemRole) {
        return Ok(());
    }
    let system = |m: &Value| role(m) == "system";
    if case.messages().last().is_some_and(system) {
        return Err(ApiError::row("runtime.last-turn-not-user"));
    }
    unless(
        case.messages().iter().any(system),
        "runtime.system-unsupported",
    )
}

/// The last message is the user's, for models that cannot go on from the assistant's words.
pub(super) fn the_user_ends(case: &Case<'_>) -> Result<(), ApiError> {
    let broken = case.refuses(Capability::LastAssistantTurn) && last_of_assistant(case).is_some();
    unless(broken, "runtime.last-turn-not-user")
}

/// What Claude says of a conversation that ends with the assistant.
pub(super) fn prefill(case: &Case<'_>) -> Result<(), ApiError> {
    let Some((index, message)) = last_of_assistant(case).filter(|_| case.is_claude()) else {
        return Ok(());
    };
    let content = list(message.member("content"));
    let asked: Vec<&str> = content
        .iter()
        .filter(|b| !is_server(b, content))
        .filter_map(|b| b.inside(&["toolUse", "toolUseId"])?.as_str())
        .collect();
    if !asked.is_empty() {
        return Err(ApiError::row("runtime.claude-tool-results-missing")
            .with("index", &index.to_string())
            .with("ids", &asked.join(", ")));
    }
    if case.refuses(Capability::Prefill) {
        return Err(ApiError::row("runtime.claude-prefill"));
    }
    let last = content
        .iter()
        .rev()
        .find_map(|b| b.member("text").and_then(Value::as_str));
    unless(
        last.is_some_and(|text| text.ends_with(char::is_whitespace)),
        "runtime.claude-trailing-whitespace",
    )
}

fn last_of_assistant<'a>(case: &Case<'a>) -> Option<(usize, &'a Value)> {
    let all = case.messages().iter().enumerate();
    all.rev()
        .find(|(_, m)| role(m) != "system")
        .filter(|(_, m)| role(m) == "assistant")
}

/// The messages of user and assistant.
fn spoken<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Value> + use<'a> {
    case.messages().iter().filter(|m| role(m) != "system")
}
