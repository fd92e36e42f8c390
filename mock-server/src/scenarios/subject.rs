//! What scenarios are matched against: one request, read as far as its operation has read it.

use http::HeaderMap;
use serde_json::Value;

use crate::behaviour::{Block, Conversation, Role, Turn};

/// A request in the eyes of a scenario.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Operation, for example `Converse`.
    pub operation: &'a str,
    /// 12-digit account.
    pub account: &'a str,
    /// `modelId` as the caller wrote it.
    pub model_sent: Option<&'a str>,
    /// Base id of the model that answers.
    pub model: Option<&'a str>,
    /// Its family in the catalogue.
    pub family: Option<&'a str>,
    /// What was said, for operations that hold conversations.
    pub conversation: Option<&'a Conversation>,
    /// The body, if it is JSON.
    pub body: &'a Value,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// The answer will be streamed.
    pub stream: bool,
}

impl<'a> Subject<'a> {
    /// All text of the last user turn, blocks joined by newlines.
    pub fn last_user(&self) -> Option<String> {
        let texts = |turn: &Turn| texts(&turn.blocks);
        self.last_user_turn().map(texts)
    }

    /// All system prompts, joined by newlines.
    pub fn system(&self) -> Option<String> {
        let conversation = self.conversation?;
        let inside = conversation.turns.iter().filter(|t| t.role == Role::System);
        let inside = inside.map(|t| texts(&t.blocks));
        let all: Vec<String> = conversation.system.iter().cloned().chain(inside).collect();
        Some(all.join("\n"))
    }

    /// 1 for the first request of a conversation, one more for each answer that it holds.
    pub fn turn(&self) -> Option<u64> {
        let turns = &self.conversation?.turns;
        Some(1 + turns.iter().filter(|t| t.role == Role::Assistant).count() as u64)
    }

    /// The tool results of the last user turn: the tool's name, as far as the conversation tells
    /// it, and the result's text.
    pub fn tool_results(&self) -> Vec<(Option<&'a str>, &'a str)> {
        let Some((conversation, turn)) = self.conversation.zip(self.last_user_turn()) else {
            return Vec::new();
        };
        let calls = || conversation.turns.iter().flat_map(|t| &t.blocks);
        let name_of = |id: &str| {
            calls().find_map(|b| match b {
                Block::ToolUse(tool) if tool.id.as_deref() == Some(id) => Some(tool.name.as_str()),
                _ => None,
            })
        };
        let result = |b: &'a Block| match b {
            Block::ToolResult { id, text } => Some((name_of(id), text.as_str())),
            _ => None,
        };
        turn.blocks.iter().filter_map(result).collect()
    }

    fn last_user_turn(&self) -> Option<&'a Turn> {
        let turns = &self.conversation?.turns;
        turns.iter().rev().find(|t| t.role == Role::User)
    }
}

fn texts(blocks: &[Block]) -> String {
    let text = |b: &Block| match b {
        Block::Text(text) => Some(text.clone()),
        _ => None,
    };
    blocks
        .iter()
        .filter_map(text)
        .collect::<Vec<_>>()
        .join("\n")
}
