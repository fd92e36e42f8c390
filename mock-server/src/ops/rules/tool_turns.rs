//! Requests for tools and their results, turn by turn. Tools that the service runs itself are requested
//! and answered in one message of the assistant and follow none of these rules.

use std::collections::HashSet;

use super::RuleInput;
use super::block_path::Placed;
use super::roles::alternate;
use crate::behaviour::Role;
use crate::conversation::{BlockView, MessageView, ViewKind};
use crate::state::catalogue::Capability;
use crate::wire::{ApiError, rows};

/// A kind of tool block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ToolBlock {
    /// A request for a tool.
    Use,
    /// The answer of a tool.
    Result,
}

impl ToolBlock {
    /// Returns Converse's name of the kind.
    fn field(self) -> &'static str {
        match self {
            Self::Use => "toolUse",
            Self::Result => "toolResult",
        }
    }

    /// Returns Anthropic's name of the kind.
    fn anthropic(self) -> &'static str {
        match self {
            Self::Use => "tool_use",
            Self::Result => "tool_result",
        }
    }

    /// Returns the id of a block of this kind.
    fn id<'a>(self, block: &BlockView<'a>) -> Option<&'a str> {
        match (self, &block.kind) {
            (Self::Use, ViewKind::ToolUse(tool)) => tool.id,
            (Self::Result, ViewKind::ToolResult(result)) => result.id,
            _ => None,
        }
    }

    /// Returns the ids of a message's blocks of this kind, with the index of each block, without those of
    /// the service's own tools.
    pub(super) fn ids<'a>(
        self,
        message: &'a MessageView<'a>,
    ) -> impl Iterator<Item = (usize, &'a str)> + use<'a> {
        let content = &message.content[..];
        let blocks = content.iter().enumerate();
        blocks.filter_map(move |(at, block)| {
            let id = self.id(block)?;
            (!block.is_server_tool(content)).then_some((at, id))
        })
    }
}

/// The assistant requests tools, the user answers.
pub(super) fn roles(input: &RuleInput<'_>) -> Result<(), ApiError> {
    match misplaced(input) {
        Some((at, kind)) => Err(ApiError::row(rows::runtime::ROLE_FIELD_UNSUPPORTED)
            .with("field", kind.field())
            .with("role", input.messages()[at.message].role.word())),
        None => Ok(()),
    }
}

/// The same in Anthropic's words.
pub(super) fn roles_anthropic(input: &RuleInput<'_>) -> Result<(), ApiError> {
    match misplaced(input) {
        Some((at, kind)) => Err(ApiError::row(rows::runtime::CLAUDE_TOOL_PLACEMENT)
            .with("index", &at.message.to_string())
            .with("kind", kind.anthropic())
            .with(
                "role",
                match kind {
                    ToolBlock::Use => Role::Assistant.word(),
                    ToolBlock::Result => Role::User.word(),
                },
            )),
        None => Ok(()),
    }
}

/// The first tool block in a message of the wrong role.
fn misplaced<'a>(input: &RuleInput<'a>) -> Option<(Placed<'a>, ToolBlock)> {
    input.blocks().find_map(|at| {
        let kind = match (input.messages()[at.message].role, at.kind()) {
            (Role::Assistant, ViewKind::ToolResult(_)) => ToolBlock::Result,
            (Role::User | Role::System, ViewKind::ToolUse(_)) => ToolBlock::Use,
            _ => return None,
        };
        (!at.is_server_tool()).then_some((at, kind))
    })
}

/// No id appears twice in a message.
pub(super) fn ids_differ(input: &RuleInput<'_>) -> Result<(), ApiError> {
    for (index, message) in input.messages().iter().enumerate() {
        for kind in [ToolBlock::Use, ToolBlock::Result] {
            let mut seen = HashSet::new();
            let ids = kind.ids(message).map(|(_, id)| id);
            let mut twice: Vec<&str> = ids.filter(|id| !seen.insert(*id)).collect();
            twice.dedup();
            if !twice.is_empty() {
                return Err(ApiError::row(rows::runtime::TOOL_IDS_DUPLICATE)
                    .with("kind", kind.field())
                    .with("index", &index.to_string())
                    .with("ids", &twice.join(", ")));
            }
        }
    }
    Ok(())
}

/// Every request is answered in the next message, all of a turn's in one, and nothing else is.
pub(super) fn results_fit_uses(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let spoken = input.messages().iter().enumerate();
    let mut open: Vec<&str> = Vec::new();
    for (index, message) in spoken.filter(|(_, m)| m.role != Role::System) {
        let ids = |kind: ToolBlock| kind.ids(message).map(|(_, id)| id);
        let results: Vec<&str> = ids(ToolBlock::Result).collect();
        if results.len() > open.len() {
            return Err(
                ApiError::row(rows::runtime::TOOL_RESULTS_EXCEED).with("index", &index.to_string())
            );
        }
        open.retain(|id| !results.contains(id));
        if !open.is_empty() {
            return Err(ApiError::row(rows::runtime::TOOL_RESULTS_MISSING)
                .with("index", &index.to_string())
                .with("ids", &open.join(", ")));
        }
        open.extend(ids(ToolBlock::Use));
    }
    Ok(())
}

/// The same for bodies of Nova. Whether Nova accepts two messages of one role in a row is not known; such
/// conversations pass.
pub(super) fn results_fit_if_alternate(input: &RuleInput<'_>) -> Result<(), ApiError> {
    match alternate(input) {
        true => results_fit_uses(input),
        false => Ok(()),
    }
}

/// A result with the status `error` has content; any other may be empty
/// (NousResearch/hermes-agent#55092).
pub(super) fn failed_results_say_why(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let is_empty = |at: &Placed<'_>| match at.kind() {
        ViewKind::ToolResult(result) => result.status == Some("error") && result.content.is_empty(),
        _ => false,
    };
    match input.blocks().find(is_empty) {
        Some(at) => Err(ApiError::row(rows::runtime::TOOL_RESULT_EMPTY)
            .with("index", &at.message.to_string())
            .with("block", &at.block.to_string())),
        None => Ok(()),
    }
}

/// Some models accept no text in a message with tool blocks.
pub(super) fn text_and_tools_apart(input: &RuleInput<'_>) -> Result<(), ApiError> {
    if !input.refuses(Capability::MixedToolTurn) {
        return Ok(());
    }
    let mixed = |message: &MessageView<'_>| {
        message.has(|kind| kind.text().is_some()) && message.has(ViewKind::is_tool_block)
    };
    match input.messages().iter().position(mixed) {
        Some(index) => {
            Err(ApiError::row(rows::runtime::TOOL_TURN_MIXED).with("index", &index.to_string()))
        }
        None => Ok(()),
    }
}

/// Some models know no `status` of results.
pub(super) fn status_is_known(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let has_status =
        |at: Placed<'_>| matches!(at.kind(), ViewKind::ToolResult(r) if r.status.is_some());
    match input.refuses(Capability::ToolResultStatus) && input.blocks().any(has_status) {
        true => Err(ApiError::row(rows::runtime::FIELD_UNSUPPORTED).with("field", "status")),
        false => Ok(()),
    }
}

/// Claude refuses ids that an earlier message has used.
pub(super) fn ids_are_new(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let mut seen = HashSet::new();
    for at in input.blocks() {
        let id = ToolBlock::Use.id(at.view);
        if id.is_some_and(|id| !seen.insert(id)) {
            return Err(ApiError::row(rows::runtime::CLAUDE_TOOL_IDS)
                .with("index", &at.message.to_string())
                .with("block", &at.block.to_string()));
        }
    }
    Ok(())
}
