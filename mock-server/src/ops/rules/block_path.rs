//! Content blocks and their paths, in Converse's counting and in Anthropic's.

use super::RuleInput;
use crate::conversation::{BlockView, ViewKind};

/// A content block and where it is.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    /// Index of its message.
    pub(super) message: usize,
    /// Its own index, or that of the tool result that holds it.
    pub(super) block: usize,
    /// Its index in the tool result that holds it.
    pub(super) nested: Option<usize>,
    /// The block.
    pub(super) view: &'a BlockView<'a>,
    /// All blocks of its message.
    pub(super) siblings: &'a [BlockView<'a>],
}

impl<'a> RuleInput<'a> {
    /// Returns every content block of the messages.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Placed<'a>> + use<'a> {
        self.messages().iter().enumerate().flat_map(|(message, m)| {
            let siblings = &m.content[..];
            siblings
                .iter()
                .enumerate()
                .map(move |(block, view)| Placed {
                    message,
                    block,
                    nested: None,
                    view,
                    siblings,
                })
        })
    }

    /// Returns every content block of the messages and of the tool results in them.
    pub(super) fn blocks_and_results(&self) -> impl Iterator<Item = Placed<'a>> + use<'a> {
        self.blocks().flat_map(|outer| {
            let inner = outer.view.nested().iter().enumerate();
            let inner = inner.map(move |(k, view)| Placed {
                nested: Some(k),
                view,
                ..outer
            });
            std::iter::once(outer).chain(inner)
        })
    }
}

impl<'a> Placed<'a> {
    /// Returns what the block is.
    pub(super) fn kind(&self) -> &'a ViewKind<'a> {
        &self.view.kind
    }

    /// Returns the block before this one in its message, with its index.
    pub(super) fn before(&self) -> Option<(usize, &'a BlockView<'a>)> {
        let index = self.block.checked_sub(1)?;
        Some((index, self.siblings.get(index)?))
    }

    /// Whether the block belongs to a tool that the service runs itself.
    pub(super) fn is_server_tool(&self) -> bool {
        self.view.is_server_tool(self.siblings)
    }

    /// Returns the path by which Anthropic's validator names the block.
    pub(super) fn anthropic_path(&self) -> String {
        let outer = anthropic_path(self.message, self.siblings, self.block);
        match self.nested {
            Some(k) => format!("{outer}.tool_result.content.{k}"),
            None => outer,
        }
    }
}

/// Returns the path by which Anthropic's validator names a block of a message.
pub(super) fn anthropic_path(message: usize, siblings: &[BlockView<'_>], block: usize) -> String {
    let index: usize = siblings.iter().take(block).map(anthropic_blocks).sum();
    format!("messages.{message}.content.{index}")
}

/// Returns how many blocks Anthropic gets for one of Converse's: a cache point becomes a member of the
/// block before it, and a document other than PDF becomes two blocks of text unless the request enables
/// citations of it (strands-agents/harness-sdk#1966).
fn anthropic_blocks(block: &BlockView<'_>) -> usize {
    match &block.kind {
        ViewKind::CachePoint(_) => 0,
        kind if is_sent_as_text(kind) => 2,
        _ => 1,
    }
}

/// Whether a block is a document that Anthropic gets as plain text.
pub(super) fn is_sent_as_text(kind: &ViewKind<'_>) -> bool {
    kind.document()
        .is_some_and(|document| document.format != Some("pdf") && !document.cited)
}
