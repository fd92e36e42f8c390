//! A reply cut into the pieces in which a stream tells it.

use super::tokens;
use super::turn::{Block, Reply, ToolUse};

/// Tokens that share a delta.
const TOKENS_PER_DELTA: usize = 3;

/// A piece of a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Delta {
    /// A text block begins; Converse says nothing then, other dialects do.
    TextStart {
        /// Index of the content block.
        block: usize,
    },
    /// A request for a tool begins.
    ToolStart {
        /// Index of the content block.
        block: usize,
        /// The request, whose input the following pieces tell.
        tool: ToolUse,
    },
    /// Text of the block with this index.
    Text {
        /// Index of the content block.
        block: usize,
        /// The piece of text.
        text: String,
    },
    /// A piece of the JSON text of a tool's arguments.
    ToolInput {
        /// Index of the content block.
        block: usize,
        /// The piece of JSON text.
        json: String,
    },
    /// The block with this index is complete.
    Stop {
        /// Index of the content block.
        block: usize,
    },
}

/// How a family cuts the arguments of tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolPieces {
    /// An empty piece, then a few tokens each (Claude: 9 of 9 recorded streams).
    EmptyFirst,
    /// A few tokens each (gpt-oss).
    Few,
    /// All at once (Nova).
    Whole,
    /// Token by token, pretty-printed with four spaces (Cohere).
    Pretty,
}

/// The pieces of a reply in order, made one at a time.
pub fn deltas(reply: Reply, tools: ToolPieces) -> impl Iterator<Item = Delta> + Send {
    reply
        .blocks
        .into_iter()
        .enumerate()
        .flat_map(move |(block, content)| {
            let (start, text, is_tool) = match content {
                Block::ToolUse(tool) => {
                    let json = input_text(&tool, tools);
                    (Delta::ToolStart { block, tool }, json, true)
                }
                Block::Text(text) => (Delta::TextStart { block }, text, false),
                Block::ToolResult { .. } | Block::Other { .. } => {
                    (Delta::TextStart { block }, String::new(), false)
                }
            };
            let empty = (is_tool && tools == ToolPieces::EmptyFirst).then(String::new);
            let whole = is_tool && tools == ToolPieces::Whole;
            let pieces = empty.into_iter().chain(Pieces { text, at: 0, whole });
            let pieces = pieces.map(move |piece| match is_tool {
                true => Delta::ToolInput { block, json: piece },
                false => Delta::Text { block, text: piece },
            });
            std::iter::once(start)
                .chain(pieces)
                .chain(std::iter::once(Delta::Stop { block }))
        })
}

fn input_text(tool: &ToolUse, tools: ToolPieces) -> String {
    if tools != ToolPieces::Pretty {
        return tool.input.to_string();
    }
    let mut out = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut writer = serde_json::Serializer::with_formatter(&mut out, format);
    let _ = serde::Serialize::serialize(&tool.input, &mut writer);
    String::from_utf8(out).unwrap_or_default()
}

/// Walks a text a few tokens at a time; an empty text still gives one empty piece, because a block
/// without a delta would leave clients without the block.
struct Pieces {
    text: String,
    at: usize,
    whole: bool,
}

impl Iterator for Pieces {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if self.at > self.text.len() {
            return None;
        }
        let rest = &self.text[self.at..];
        if rest.is_empty() && self.at > 0 {
            return None;
        }
        if self.whole {
            self.at = self.text.len() + 1;
            return Some(std::mem::take(&mut self.text));
        }
        // Only the head of the rest is looked at, so a long text is not split again for each piece.
        let window = rest
            .char_indices()
            .nth(64 * TOKENS_PER_DELTA)
            .map_or(rest.len(), |(at, _)| at);
        let piece = tokens::split(&rest[..window])
            .into_iter()
            .take(TOKENS_PER_DELTA)
            .collect::<String>();
        self.at += piece.len().max(1);
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::turn::{StopReason, Usage};
    use super::*;

    fn all(block: Block, tools: ToolPieces) -> Vec<Delta> {
        let reply = Reply {
            blocks: vec![block],
            stop: StopReason::EndTurn,
            usage: Usage::default(),
            latency_ms: 1,
        };
        deltas(reply, tools).collect()
    }

    #[test]
    fn pieces_join_to_the_text() {
        for text in [
            "",
            "x",
            "Hello! This is a longer text with 🎉 and 日本語 in it.",
            &" ".repeat(900),
        ] {
            let all = all(Block::Text((*text).into()), ToolPieces::Whole);
            let joined: String = all
                .iter()
                .filter_map(|d| match d {
                    Delta::Text { text, .. } => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            assert_eq!(&joined, text);
            assert_eq!(all.first(), Some(&Delta::TextStart { block: 0 }));
            assert_eq!(all.last(), Some(&Delta::Stop { block: 0 }));
            assert!(all.len() >= 3);
        }
    }

    #[test]
    fn arguments_join_to_the_json() {
        let input = json!({"city": "Zürich 🎉", "n": 3});
        for (tools, pieces) in [
            (ToolPieces::EmptyFirst, None),
            (ToolPieces::Whole, Some(1)),
            (ToolPieces::Pretty, None),
        ] {
            let tool = ToolUse {
                seed: 1,
                name: "t".into(),
                input: input.clone(),
            };
            let all = all(Block::ToolUse(tool), tools);
            let json: Vec<&str> = all
                .iter()
                .filter_map(|d| {
                    if let Delta::ToolInput { json, .. } = d {
                        Some(json.as_str())
                    } else {
                        None
                    }
                })
                .collect();
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(&json.concat()).unwrap(),
                input
            );
            assert!(pieces.is_none_or(|n| json.len() == n));
            assert_eq!(tools == ToolPieces::EmptyFirst, json[0].is_empty());
        }
    }
}
