//! The events of ConverseStream.

use serde::Serialize;
use serde_json::Value;

use super::content::{Passthrough, ToolForm, ToolResultBlock, ToolUseBlock};
use crate::behaviour::Delta;
use crate::wire::Event;

/// Returns an event with a typed payload.
pub(super) fn event(name: &'static str, payload: &impl Serialize) -> Event {
    // Cannot fail: the payloads have no other keys than texts.
    Event::new(name, serde_json::to_value(payload).unwrap_or_default())
}

/// `messageStart`.
#[derive(Serialize)]
pub(super) struct MessageStart {
    pub(super) role: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BlockStart<'a> {
    content_block_index: usize,
    start: Start<'a>,
}

/// How a block begins. Blocks of text, reasoning and citations begin with their first delta.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Start<'a> {
    ToolUse(ToolUseBlock<'a>),
    ToolResult(ToolResultBlock<'a>),
    #[serde(untagged)]
    Passthrough(Passthrough<'a, Format<'a>>),
}

#[derive(Serialize)]
struct Format<'a> {
    /// Null where a script gives none.
    format: Option<&'a Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BlockDelta<'a> {
    content_block_index: usize,
    delta: Piece<'a>,
}

/// A piece of a block.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Piece<'a> {
    Text(&'a str),
    ReasoningContent(ReasoningPiece<'a>),
    Citation(&'a Value),
    ToolUse(ToolInput<'a>),
    ToolResult(&'a [Value]),
    #[serde(untagged)]
    Passthrough(Passthrough<'a, Source<'a>>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum ReasoningPiece<'a> {
    Text(&'a str),
    Signature(&'a str),
    RedactedContent(&'a str),
}

#[derive(Serialize)]
struct ToolInput<'a> {
    input: &'a str,
}

#[derive(Serialize)]
struct Source<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BlockStop {
    content_block_index: usize,
}

/// Writes the pieces of a reply as events.
pub(super) struct Writer {
    /// How requests for tools look.
    pub(super) form: ToolForm,
    /// Number of blocks that precede the reply's own.
    pub(super) shift: usize,
    /// Requests for tools so far.
    pub(super) calls: usize,
}

impl Writer {
    /// Returns the event of a piece; `None` for starts that Converse does not send.
    pub(super) fn event(&mut self, delta: &Delta) -> Option<Event> {
        Some(match delta {
            Delta::TextStart { .. } | Delta::ReasoningStart { .. } => return None,
            Delta::ToolStart { block, tool } => {
                let start = ToolUseBlock::start(tool, self.form, self.calls);
                self.calls += 1;
                self.start(*block, Start::ToolUse(start))
            }
            Delta::ResultStart { block, result } => {
                self.start(*block, Start::ToolResult(ToolResultBlock::start(result)))
            }
            Delta::PassthroughStart { block, kind, value } => {
                let value = Format {
                    format: value.get("format"),
                };
                self.start(*block, Start::Passthrough(Passthrough { kind, value }))
            }
            Delta::Text { block, text } => self.delta(*block, Piece::Text(text)),
            Delta::Thought { block, text } => {
                self.delta(*block, Piece::ReasoningContent(ReasoningPiece::Text(text)))
            }
            Delta::Signature { block, signature } => {
                let piece = ReasoningPiece::Signature(signature);
                self.delta(*block, Piece::ReasoningContent(piece))
            }
            Delta::Redacted { block, data } => {
                let piece = ReasoningPiece::RedactedContent(data);
                self.delta(*block, Piece::ReasoningContent(piece))
            }
            Delta::Citation { block, citation } => self.delta(*block, Piece::Citation(citation)),
            Delta::ToolInput { block, json } => {
                self.delta(*block, Piece::ToolUse(ToolInput { input: json }))
            }
            Delta::Result { block, content } => self.delta(*block, Piece::ToolResult(content)),
            Delta::Passthrough { block, kind, value } => {
                let value = Source {
                    source: value.get("source"),
                    error: value.get("error"),
                };
                self.delta(*block, Piece::Passthrough(Passthrough { kind, value }))
            }
            Delta::Stop { block } => stop(block + self.shift),
        })
    }

    fn start(&self, block: usize, start: Start<'_>) -> Event {
        let content_block_index = block + self.shift;
        event(
            "contentBlockStart",
            &BlockStart {
                content_block_index,
                start,
            },
        )
    }

    fn delta(&self, block: usize, piece: Piece<'_>) -> Event {
        delta(block + self.shift, piece)
    }
}

/// Returns the events of a text block that stays empty, at the start of a stream.
pub(super) fn empty_text_block() -> [Event; 2] {
    [delta(0, Piece::Text("")), stop(0)]
}

fn delta(content_block_index: usize, delta: Piece<'_>) -> Event {
    event(
        "contentBlockDelta",
        &BlockDelta {
            content_block_index,
            delta,
        },
    )
}

fn stop(content_block_index: usize) -> Event {
    event(
        "contentBlockStop",
        &BlockStop {
            content_block_index,
        },
    )
}
