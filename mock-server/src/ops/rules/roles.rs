//! Who speaks when.

use super::{RuleInput, refuse_if};
use crate::behaviour::Role;
use crate::conversation::{MessageView, ViewKind};
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// There is a first message, and it is the user's.
pub(super) fn the_user_starts(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let first = spoken(input).next();
    let given = input.conversation.messages.is_some();
    refuse_if(
        given && first.is_none_or(|m| m.role != Role::User),
        rows::runtime::FIRST_MESSAGE_NOT_USER,
    )
}

/// No role speaks twice in a row.
pub(super) fn roles_alternate(input: &RuleInput<'_>) -> Result<(), ApiError> {
    refuse_if(!alternate(input), rows::runtime::ROLES_ALTERNATE)
}

/// Whether no role speaks twice in a row.
pub(super) fn alternate(input: &RuleInput<'_>) -> bool {
    let next = spoken(input).skip(1);
    spoken(input).zip(next).all(|(a, b)| a.role != b.role)
}

/// Instructions among the messages, for a model that accepts none there: the last message is not the
/// user's, elsewhere they are a system prompt.
pub(super) fn system_messages(input: &RuleInput<'_>) -> Result<(), ApiError> {
    if !input.refuses(Capability::SystemRole) {
        return Ok(());
    }
    let system = |m: &MessageView<'_>| m.role == Role::System;
    if input.messages().last().is_some_and(system) {
        return Err(ApiError::row(rows::runtime::LAST_TURN_NOT_USER));
    }
    refuse_if(
        input.messages().iter().any(system),
        rows::runtime::SYSTEM_UNSUPPORTED,
    )
}

/// The last message is the user's, for models that cannot continue the assistant's words.
pub(super) fn the_user_ends(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let broken = input.refuses(Capability::LastAssistantTurn) && last_of_assistant(input).is_some();
    refuse_if(broken, rows::runtime::LAST_TURN_NOT_USER)
}

/// A conversation that ends with the assistant is one that Claude can continue.
pub(super) fn prefill(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some((index, message)) = last_of_assistant(input) else {
        return Ok(());
    };
    let content = &message.content[..];
    let requested = content.iter().filter(|b| !b.is_server_tool(content));
    let requested: Vec<&str> = requested
        .filter_map(|block| match &block.kind {
            ViewKind::ToolUse(tool) => tool.id,
            _ => None,
        })
        .collect();
    if !requested.is_empty() {
        return Err(ApiError::row(rows::runtime::CLAUDE_TOOL_RESULTS_MISSING)
            .with("index", &index.to_string())
            .with("ids", &requested.join(", ")));
    }
    if input.refuses(Capability::Prefill) {
        return Err(ApiError::row(rows::runtime::CLAUDE_PREFILL));
    }
    let last = content.iter().rev().find_map(|block| block.kind.text());
    refuse_if(
        last.is_some_and(|text| text.ends_with(char::is_whitespace)),
        rows::runtime::CLAUDE_TRAILING_WHITESPACE,
    )
}

fn last_of_assistant<'a>(input: &RuleInput<'a>) -> Option<(usize, &'a MessageView<'a>)> {
    let all = input.messages().iter().enumerate();
    all.rev()
        .find(|(_, m)| m.role != Role::System)
        .filter(|(_, m)| m.role == Role::Assistant)
}

/// The messages of user and assistant.
fn spoken<'a>(input: &RuleInput<'a>) -> impl Iterator<Item = &'a MessageView<'a>> + use<'a> {
    input.messages().iter().filter(|m| m.role != Role::System)
}
