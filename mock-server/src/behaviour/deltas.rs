//! A reply cut into the pieces in which a stream tells it.

use super::tokens;
use super::turn::{Block, Reply};

/// Tokens that share a delta.
const TOKENS_PER_DELTA: usize = 3;

/// A piece of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta {
    /// Text of the block with this index.
    Text {
        /// Index of the content block.
        block: usize,
        /// The piece of text.
        text: String,
    },
    /// The block with this index is complete.
    Stop {
        /// Index of the content block.
        block: usize,
    },
}

/// The pieces of a reply in order, made one at a time.
pub fn deltas(reply: Reply) -> impl Iterator<Item = Delta> + Send {
    reply
        .blocks
        .into_iter()
        .enumerate()
        .flat_map(|(block, content)| {
            let text = match content {
                Block::Text(text) => text,
                Block::Other { .. } => String::new(),
            };
            Pieces { text, at: 0 }
                .map(move |text| Delta::Text { block, text })
                .chain(std::iter::once(Delta::Stop { block }))
        })
}

/// Walks a text a few tokens at a time; an empty text still gives one empty piece, because a block
/// without a delta would leave clients without the block.
struct Pieces {
    text: String,
    at: usize,
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
    use super::super::turn::{StopReason, Usage};
    use super::*;

    #[test]
    fn pieces_join_to_the_text() {
        for text in [
            "",
            "x",
            "Hello! This is a longer text with 🎉 and 日本語 in it.",
            &" ".repeat(900),
        ] {
            let reply = Reply {
                blocks: vec![Block::Text((*text).into())],
                stop: StopReason::EndTurn,
                usage: Usage::default(),
                latency_ms: 1,
            };
            let all: Vec<Delta> = deltas(reply).collect();
            let joined: String = all
                .iter()
                .filter_map(|d| {
                    if let Delta::Text { text, .. } = d {
                        Some(text.as_str())
                    } else {
                        None
                    }
                })
                .collect();
            assert_eq!(&joined, text);
            assert_eq!(all.last(), Some(&Delta::Stop { block: 0 }));
            assert!(all.len() >= 2);
        }
    }
}
