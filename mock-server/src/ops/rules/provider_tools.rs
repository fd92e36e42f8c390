//! Requests for tools and their results in Anthropic's own words, which Converse's hide.
//!
//! Anthropic takes several messages of one role in a row for one turn, so that results of one turn's
//! uses may stand in several messages.

use serde_json::Value;

use super::block_path::is_server;
use super::{RuleInput, role};
use crate::json::Json as _;
use crate::wire::{ApiError, rows};

/// A use or a result: the index of its message and of its block, and its id.
type Placed<'a> = (usize, usize, &'a str);

/// Every use is answered once in the turn behind it, and nothing else is.
pub(super) fn uses_are_answered(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let messages = case.messages().iter().enumerate();
    let spoken: Vec<(usize, &Value)> = messages.filter(|(_, m)| role(m) != "system").collect();
    let mut asked: Vec<Placed<'_>> = Vec::new();
    for turn in spoken.chunk_by(|a, b| role(a.1) == role(b.1)) {
        let results = blocks(turn, "toolResult");
        for (at, result) in results.iter().enumerate() {
            let row = if asked.iter().all(|use_| use_.2 != result.2) {
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
        asked.retain(|use_| !answered(use_));
        unanswered(&asked)?;
        asked = blocks(turn, "toolUse");
    }
    unanswered(&asked)
}

fn unanswered(asked: &[Placed<'_>]) -> Result<(), ApiError> {
    let Some((index, ..)) = asked.first() else {
        return Ok(());
    };
    let of_message = asked.iter().filter(|use_| use_.0 == *index);
    let ids: Vec<&str> = of_message.map(|use_| use_.2).collect();
    Err(ApiError::row(rows::runtime::CLAUDE_TOOL_RESULTS_MISSING)
        .with("index", &index.to_string())
        .with("ids", &ids.join(", ")))
}

/// The tool blocks of a kind in a turn, without those of tools that the service runs itself.
fn blocks<'a>(turn: &[(usize, &'a Value)], kind: &str) -> Vec<Placed<'a>> {
    let mut out = Vec::new();
    for (message, value) in turn {
        let content = value.items("content");
        for (at, block) in content.iter().enumerate() {
            let id = block.at(&[kind, "toolUseId"]).and_then(Value::as_str);
            out.extend(
                id.filter(|_| !is_server(block, content))
                    .map(|id| (*message, at, id)),
            );
        }
    }
    out
}
