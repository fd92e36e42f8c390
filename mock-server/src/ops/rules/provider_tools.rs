//! Requests for tools and their results in Anthropic's own words, which Converse's hide.
//!
//! Anthropic reads several messages of one role in a row as one turn, so the results for the requests of
//! one turn may be in several messages.

use super::RuleInput;
use super::tool_turns::ToolBlock;
use crate::behaviour::Role;
use crate::conversation::MessageView;
use crate::wire::{ApiError, rows};

/// A request or a result: the index of its message and of its block, and its id.
type Placed<'a> = (usize, usize, &'a str);

/// Every request is answered once in the next turn, and nothing else is.
pub(super) fn uses_are_answered(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let messages = input.messages().iter().enumerate();
    let spoken: Vec<(usize, &MessageView<'_>)> =
        messages.filter(|(_, m)| m.role != Role::System).collect();
    let mut open: Vec<Placed<'_>> = Vec::new();
    for turn in spoken.chunk_by(|a, b| a.1.role == b.1.role) {
        let results = blocks(turn, ToolBlock::Result);
        for (at, result) in results.iter().enumerate() {
            let row = if open.iter().all(|use_| use_.2 != result.2) {
                rows::runtime::CLAUDE_TOOL_RESULT_UNEXPECTED
            } else if results[..at].iter().any(|before| before.2 == result.2) {
                rows::runtime::CLAUDE_TOOL_RESULT_TWICE
            } else {
                continue;
            };
            return Err(ApiError::row(row)
                .with(
                    "path",
                    &format!("messages.{}.content.{}", result.0, result.1),
                )
                .with("id", result.2));
        }
        let answered = |use_: &Placed<'_>| results.iter().any(|result| result.2 == use_.2);
        open.retain(|use_| !answered(use_));
        none_is_open(&open)?;
        open = blocks(turn, ToolBlock::Use);
    }
    none_is_open(&open)
}

fn none_is_open(open: &[Placed<'_>]) -> Result<(), ApiError> {
    let Some((index, ..)) = open.first() else {
        return Ok(());
    };
    let of_message = open.iter().filter(|use_| use_.0 == *index);
    let ids: Vec<&str> = of_message.map(|use_| use_.2).collect();
    Err(ApiError::row(rows::runtime::CLAUDE_TOOL_RESULTS_MISSING)
        .with("index", &index.to_string())
        .with("ids", &ids.join(", ")))
}

/// The tool blocks of a kind in a turn, without those of tools that the service runs itself.
fn blocks<'a>(turn: &[(usize, &'a MessageView<'a>)], kind: ToolBlock) -> Vec<Placed<'a>> {
    let mut out = Vec::new();
    for (index, message) in turn {
        let ids = kind.ids(message);
        out.extend(ids.map(|(at, id)| (*index, at, id)));
    }
    out
}
