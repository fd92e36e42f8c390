//! Content blocks and where they stand, in Converse's counting and in Anthropic's.

use serde_json::Value;

use super::RuleInput;
use crate::json::{Json as _, items};

/// A content block and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    /// Index of its message.
    pub(super) message: usize,
    /// Its own index, or that of the tool result that holds it.
    pub(super) block: usize,
    /// Its index in the tool result that holds it.
    pub(super) nested: Option<usize>,
    /// The block.
    pub(super) value: &'a Value,
    /// All blocks of its message.
    pub(super) siblings: &'a [Value],
}

impl<'a> RuleInput<'a> {
    /// Every content block of the messages.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Placed<'a>> + use<'a> {
        self.messages().iter().enumerate().flat_map(|(message, m)| {
            let siblings = m.items("content");
            siblings
                .iter()
                .enumerate()
                .map(move |(block, value)| Placed {
                    message,
                    block,
                    nested: None,
                    value,
                    siblings,
                })
        })
    }

    /// Every content block of the messages and of the tool results in them.
    pub(super) fn blocks_and_results(&self) -> impl Iterator<Item = Placed<'a>> + use<'a> {
        self.blocks().flat_map(|outer| {
            let inner = items(outer.value.at(&["toolResult", "content"]));
            let inner = inner.iter().enumerate().map(move |(k, value)| Placed {
                nested: Some(k),
                value,
                ..outer
            });
            std::iter::once(outer).chain(inner)
        })
    }
}

impl<'a> Placed<'a> {
    /// The block's value, if it is of a kind.
    pub(super) fn member(&self, kind: &str) -> Option<&'a Value> {
        self.value.member(kind)
    }

    /// The path by which Anthropic's validator names the block.
    pub(super) fn anthropic_path(&self) -> String {
        let outer = anthropic_path(self.message, self.siblings, self.block);
        match self.nested {
            Some(k) => format!("{outer}.tool_result.content.{k}"),
            None => outer,
        }
    }
}

/// The path by which Anthropic's validator names a block of a message.
pub(super) fn anthropic_path(message: usize, siblings: &[Value], block: usize) -> String {
    let index: usize = siblings[..block].iter().map(anthropic_blocks).sum();
    format!("messages.{message}.content.{index}")
}

/// How many blocks Anthropic gets for one of Converse's: a cache point becomes a member of the block
/// before it, and a document that is no PDF becomes two blocks of text unless it is to be cited
/// (strands-agents/harness-sdk#1966).
fn anthropic_blocks(block: &Value) -> usize {
    if block.member("cachePoint").is_some() {
        0
    } else if told_as_text(block) {
        2
    } else {
        1
    }
}

/// Whether a block is a document that Anthropic gets as plain text.
pub(super) fn told_as_text(block: &Value) -> bool {
    block.member("document").is_some_and(|document| {
        document.member("format").is_none_or(|f| f != "pdf") && !is_cited(document)
    })
}

/// Whether a document or search result is to be cited.
pub(super) fn is_cited(block: &Value) -> bool {
    block.at(&["citations", "enabled"]) == Some(&Value::Bool(true))
}

/// Whether a block belongs to a tool that the service runs itself: such a use and its result stand
/// together in one message of the assistant.
pub(super) fn is_server(block: &Value, siblings: &[Value]) -> bool {
    let id = |b: &Value, kind: &str| b.get(kind)?.member("toolUseId").cloned();
    let answered = |kind: &str, other: &str| {
        id(block, kind).is_some_and(|i| siblings.iter().any(|s| id(s, other).as_ref() == Some(&i)))
    };
    block
        .at(&["toolUse", "type"])
        .is_some_and(|t| t == "server_tool_use")
        || block.at(&["toolResult", "type"]).is_some()
        || answered("toolUse", "toolResult")
        || answered("toolResult", "toolUse")
}
