//! A reply cut into the pieces of a stream.
//!
//! Long, because every kind of block is cut in a way of its own, and they are compared with each other.

use serde_json::Value;

use super::tokens;
use super::turn::{Block, Reasoning, Reply, ServerResult, ToolUse};

/// Tokens of a tool's arguments that share a delta (5 characters in the recorded streams of Claude),
/// and of a text where nothing else is known.
const TOKENS_PER_DELTA: usize = 3;

/// A piece of a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Delta {
    /// A text block begins; Converse sends no event then, other dialects do.
    TextStart {
        /// Index of the content block.
        block: usize,
        /// Citations come before the text.
        cited: bool,
    },
    /// A block of reasoning begins.
    ReasoningStart {
        /// Index of the content block.
        block: usize,
        /// Its content is encrypted.
        redacted: bool,
    },
    /// A request for a tool begins.
    ToolStart {
        /// Index of the content block.
        block: usize,
        /// The request; its input is in the following pieces.
        tool: ToolUse,
    },
    /// The answer of a tool that the service ran begins.
    ResultStart {
        /// Index of the content block.
        block: usize,
        /// The answer; its content is in the following piece.
        result: ServerResult,
    },
    /// A block that only Converse has begins, of a kind that streams have a form for.
    PassthroughStart {
        /// Index of the content block.
        block: usize,
        /// The block's member name.
        kind: String,
        /// The block's value, all of it.
        value: Value,
    },
    /// Text of the block with this index.
    Text {
        /// Index of the content block.
        block: usize,
        /// The piece of text.
        text: String,
    },
    /// Words of reasoning.
    Thought {
        /// Index of the content block.
        block: usize,
        /// The piece of text.
        text: String,
    },
    /// The signature of the reasoning so far.
    Signature {
        /// Index of the content block.
        block: usize,
        /// Base64.
        signature: String,
    },
    /// Encrypted reasoning.
    Redacted {
        /// Index of the content block.
        block: usize,
        /// Base64.
        data: String,
    },
    /// A citation of the following text.
    Citation {
        /// Index of the content block.
        block: usize,
        /// The citation, by Converse's member names.
        citation: Value,
    },
    /// A piece of the JSON text of a tool's arguments.
    ToolInput {
        /// Index of the content block.
        block: usize,
        /// The piece of JSON text.
        json: String,
    },
    /// Content of a tool's answer.
    Result {
        /// Index of the content block.
        block: usize,
        /// Content blocks, by Converse's member names.
        content: Vec<Value>,
    },
    /// Content of a block that only Converse has.
    Passthrough {
        /// Index of the content block.
        block: usize,
        /// The block's member name.
        kind: String,
        /// The block's value, all of it.
        value: Value,
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

/// How a family cuts a reply.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// The arguments of tools.
    pub tools: ToolPieces,
    /// Tokens of text and reasoning that share a delta, at least one.
    pub tokens: usize,
    /// Where a stream has an empty piece of text.
    pub empty: EmptyPiece,
}

/// Where a stream has an empty piece of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EmptyPiece {
    /// Nowhere.
    #[default]
    Never,
    /// Before the first text.
    First,
    /// After the text that ends the reply.
    Last,
}

impl From<ToolPieces> for Cut {
    fn from(tools: ToolPieces) -> Self {
        Self {
            tools,
            tokens: TOKENS_PER_DELTA,
            empty: EmptyPiece::Never,
        }
    }
}

/// Kinds of [`Block::Passthrough`] that streams have a form for.
const STREAMED_KINDS: &[&str] = &["image"];
/// Content of a tool's answer that streams have a form for.
const STREAMED_RESULTS: &[&str] = &["text", "json"];

/// Returns the pieces of a reply in order, made one at a time. Blocks that no stream has a form for are
/// left out, so indexes count up without gaps, as in all recorded streams.
pub fn deltas(mut reply: Reply, cut: impl Into<Cut>) -> impl Iterator<Item = Delta> + Send {
    let (pieces, cut) = (std::mem::take(&mut reply.pieces), cut.into());
    let has_form = |block: &Block| match block {
        Block::Passthrough { kind, .. } => STREAMED_KINDS.contains(&kind.as_str()),
        Block::ToolResult { .. } | Block::Other { .. } => false,
        _ => true,
    };
    let text = |block: &Block| matches!(block, Block::Text(_));
    let empty_at = match cut.empty {
        EmptyPiece::Never => None,
        EmptyPiece::First => reply.blocks.iter().position(text),
        EmptyPiece::Last => reply
            .blocks
            .iter()
            .rposition(has_form)
            .filter(|at| text(&reply.blocks[*at])),
    };
    reply
        .blocks
        .into_iter()
        .enumerate()
        .filter(move |(_, content)| has_form(content))
        .enumerate()
        .flat_map(move |(block, (at, content))| {
            let mut cut = cut;
            if empty_at != Some(at) {
                cut.empty = EmptyPiece::Never;
            }
            of_block(block, content, pieces.get(&at).cloned(), cut)
        })
}

type Pieced = Box<dyn Iterator<Item = Delta> + Send>;

fn of_block(block: usize, content: Block, declared: Option<Vec<String>>, form: Cut) -> Pieced {
    let cut = |text: String| -> Box<dyn Iterator<Item = String> + Send> {
        match declared.clone() {
            Some(pieces) => Box::new(pieces.into_iter()),
            None => {
                let empty = |place| (form.empty == place && !text.is_empty()).then(String::new);
                let (first, last) = (empty(EmptyPiece::First), empty(EmptyPiece::Last));
                let pieces = Pieces {
                    text,
                    at: 0,
                    tokens: form.tokens.max(1),
                };
                Box::new(first.into_iter().chain(pieces).chain(last))
            }
        }
    };
    let of_text = move |text| Delta::Text { block, text };
    let (start, middle): (Option<Delta>, Pieced) = match content {
        Block::Text(text) => (
            Some(Delta::TextStart {
                block,
                cited: false,
            }),
            Box::new(cut(text).map(of_text)),
        ),
        Block::Cited(cited) => {
            let places = cited.citations.into_iter();
            let places = places.map(move |citation| Delta::Citation { block, citation });
            let text = cited.text.map(cut).into_iter().flatten().map(of_text);
            (
                Some(Delta::TextStart { block, cited: true }),
                Box::new(places.chain(text)),
            )
        }
        Block::Reasoning(Reasoning::Text { text, signature }) => {
            let signature = signature.map(|signature| Delta::Signature { block, signature });
            let thought = cut(text).map(move |text| Delta::Thought { block, text });
            (
                Some(Delta::ReasoningStart {
                    block,
                    redacted: false,
                }),
                Box::new(thought.chain(signature)),
            )
        }
        Block::Reasoning(Reasoning::Redacted(data)) => (
            Some(Delta::ReasoningStart {
                block,
                redacted: true,
            }),
            Box::new(std::iter::once(Delta::Redacted { block, data })),
        ),
        Block::ToolUse(tool) => {
            let pieces = match declared {
                Some(pieces) => Box::new(pieces.into_iter()),
                None => fragments(&tool, form.tools),
            };
            let start = Delta::ToolStart { block, tool };
            let pieces = pieces.map(move |json| Delta::ToolInput { block, json });
            (Some(start), Box::new(pieces))
        }
        Block::ServerResult(result) => {
            let has_form = |entry: &&Value| STREAMED_RESULTS.iter().any(|k| entry.get(k).is_some());
            let content = result.content.iter().filter(has_form).cloned().collect();
            (
                Some(Delta::ResultStart { block, result }),
                Box::new(std::iter::once(Delta::Result { block, content })),
            )
        }
        Block::Passthrough { kind, value } => {
            let content = Delta::Passthrough {
                block,
                kind: kind.clone(),
                value: value.clone(),
            };
            (
                Some(Delta::PassthroughStart { block, kind, value }),
                Box::new(std::iter::once(content)),
            )
        }
        Block::ToolResult { .. } | Block::Other { .. } => (None, Box::new(std::iter::empty())),
    };
    Box::new(
        start
            .into_iter()
            .chain(middle)
            .chain(std::iter::once(Delta::Stop { block })),
    )
}

fn fragments(tool: &ToolUse, tools: ToolPieces) -> Box<dyn Iterator<Item = String> + Send> {
    // All recorded requests for tools of the service are in one piece (Nova).
    let tools = if tool.server {
        ToolPieces::Whole
    } else {
        tools
    };
    let text = input_text(tool, tools);
    let empty = (tools == ToolPieces::EmptyFirst).then(String::new);
    // Claude calls a tool without arguments with the empty piece alone.
    let none =
        tools == ToolPieces::EmptyFirst && tool.input.as_object().is_some_and(|o| o.is_empty());
    let tokens = match tools {
        ToolPieces::Whole => usize::MAX,
        ToolPieces::EmptyFirst | ToolPieces::Few | ToolPieces::Pretty => TOKENS_PER_DELTA,
    };
    let rest = (!none).then_some(Pieces {
        text,
        at: 0,
        tokens,
    });
    Box::new(empty.into_iter().chain(rest.into_iter().flatten()))
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
    /// Tokens of a piece; `usize::MAX` for all in one.
    tokens: usize,
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
        if self.tokens == usize::MAX {
            self.at = self.text.len() + 1;
            return Some(std::mem::take(&mut self.text));
        }
        // Only the head of the rest is looked at, so a long text is not split again for each piece.
        let window = rest
            .char_indices()
            .nth(64 * self.tokens)
            .map_or(rest.len(), |(at, _)| at);
        let piece = tokens::split(&rest[..window])
            .into_iter()
            .take(self.tokens)
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
        let reply = Reply::new(vec![block], StopReason::EndTurn, Usage::default(), 1);
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
            assert!(matches!(
                all[0],
                Delta::TextStart {
                    block: 0,
                    cited: false
                }
            ));
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
                ..ToolUse::default()
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
                serde_json::from_str::<Value>(&json.concat()).unwrap(),
                input
            );
            assert!(pieces.is_none_or(|n| json.len() == n));
            assert_eq!(tools == ToolPieces::EmptyFirst, json[0].is_empty());
        }
    }
}
