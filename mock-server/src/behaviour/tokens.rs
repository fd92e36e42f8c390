//! The one estimator of token counts.
//!
//! A token is a run of up to six letters or digits together with the white space before it, or one
//! other character; an ideograph is a token of its own. That is close to what published tokenizers
//! give for prose, depends on nothing but the text, and makes "Hello" cost what the
//! API-key guide shows: 8 (1 for the word, 3 for its message, 4 for the request).

use super::turn::{Block, Conversation, Reasoning, Tool};

/// Letters and digits that share a token.
const RUN: usize = 6;
/// Tokens that a request costs in addition to its messages.
const PER_REQUEST: u64 = 4;
/// Tokens that a message costs in addition to its content.
pub const PER_MESSAGE: u64 = 3;
/// Bytes of a block other than text that cost a token.
const BYTES_PER_TOKEN: u64 = 64;

/// Splits text into tokens; they join to the text.
pub fn split(text: &str) -> Vec<&str> {
    Tokens(text).collect()
}

/// Returns the number of tokens in a text.
pub fn count(text: &str) -> u64 {
    match text.is_ascii() {
        true => count_ascii(text.as_bytes()),
        false => Tokens(text).count() as u64,
    }
}

/// The same for ASCII, byte by byte: nearly all text is ASCII, there may be megabytes of it, and reading it
/// as characters was four fifths of the cost of a request of 100 KB.
fn count_ascii(text: &[u8]) -> u64 {
    // What `char::is_whitespace` says of ASCII.
    let is_blank = |b: u8| matches!(b, 9..=13 | 32);
    let mut count = 0;
    let mut at = 0;
    while at < text.len() {
        count += 1;
        while text.get(at).is_some_and(|b| is_blank(*b)) {
            at += 1;
        }
        let letters = text[at..].iter().take(RUN);
        let letters = letters.take_while(|b| b.is_ascii_alphanumeric()).count();
        // One character that is no letter, or none where the text ends with white space.
        at += letters.max(1);
    }
    count
}

/// The tokens of a text, cut off one by one: most are only counted.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let mut letters = 0;
        // Nothing but white space in the token so far.
        let mut blank = true;
        let mut end = self.0.len();
        for (at, c) in self.0.char_indices() {
            // Nearly all text is ASCII, and there may be megabytes of it.
            let joins = match c.is_ascii() {
                true => c.is_ascii_alphanumeric(),
                false => c.is_alphanumeric() && !is_ideograph(c),
            };
            let continues = blank || (joins && (1..RUN).contains(&letters));
            if !continues {
                end = at;
                break;
            }
            letters += usize::from(joins);
            blank &= c.is_whitespace();
        }
        let (token, rest) = self.0.split_at(end);
        self.0 = rest;
        Some(token).filter(|token| !token.is_empty())
    }
}

/// Returns the number of input tokens of a conversation.
pub fn input(conversation: &Conversation) -> u64 {
    let system: u64 = conversation.system.iter().map(|text| system(text)).sum();
    let turns: u64 = conversation
        .turns
        .iter()
        .map(|t| PER_MESSAGE + t.blocks.iter().map(block).sum::<u64>())
        .sum();
    let tools: u64 = conversation.tools.iter().map(tool).sum();
    PER_REQUEST + system + turns + tools
}

/// Returns the number of input tokens of a conversation's text, without media.
pub fn words(conversation: &Conversation) -> u64 {
    let media = |block: &&Block| matches!(block, Block::Other { .. } | Block::Passthrough { .. });
    let media = conversation
        .turns
        .iter()
        .flat_map(|t| &t.blocks)
        .filter(media);
    input(conversation) - media.map(block).sum::<u64>()
}

/// Returns the number of output tokens of a reply's blocks.
pub fn output(blocks: &[Block]) -> u64 {
    blocks.iter().map(block).sum()
}

/// Returns the number of tokens that an offered tool costs.
pub fn tool(tool: &Tool) -> u64 {
    count(&tool.name) + count(&tool.schema.to_string())
}

/// Returns the number of tokens that a system prompt costs.
pub fn system(text: &str) -> u64 {
    PER_MESSAGE + count(text)
}

/// Returns the number of tokens that a block costs.
pub fn block(block: &Block) -> u64 {
    match block {
        Block::Text(text) | Block::ToolResult { text, .. } => count(text),
        Block::Reasoning(Reasoning::Text { text, .. }) => count(text),
        Block::Reasoning(Reasoning::Redacted(data)) => 1 + data.len() as u64 / BYTES_PER_TOKEN,
        Block::Cited(cited) => cited.text.as_deref().map_or(0, count),
        Block::ServerResult(result) => result.content.iter().map(|c| count(&c.to_string())).sum(),
        Block::Passthrough { value, .. } => 1 + value.to_string().len() as u64 / BYTES_PER_TOKEN,
        Block::ToolUse(tool) => count(&tool.name) + count(&tool.input.to_string()),
        Block::Other { size, .. } => 1 + *size as u64 / BYTES_PER_TOKEN,
    }
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::super::turn::{Role, Turn};
    use super::*;

    #[test]
    fn tokens_join_to_the_text() {
        for text in [
            "",
            "Hello",
            "  Hello,  world! ",
            "extraordinary",
            "日本語 and 🎉🎉",
            "a\n\nb",
            "…x1234567y",
        ] {
            assert_eq!(split(text).concat(), text);
        }
        assert_eq!(
            split("extraordinary day"),
            ["extrao", "rdinar", "y", " day"]
        );
    }

    #[test]
    fn bytes_are_counted_as_characters_are() {
        let mut random = fastrand::Rng::with_seed(3);
        for _ in 0..20_000 {
            let length = random.usize(0..30);
            let alphabet = b"ab1 \t\n\x0b\x1f.,-_{}\"";
            let text: String = (0..length)
                .map(|_| alphabet[random.usize(0..alphabet.len())] as char)
                .collect();
            assert_eq!(count(&text), Tokens(&text).count() as u64, "{text:?}");
        }
    }

    #[test]
    fn the_guides_hello_costs_eight() {
        let turns = vec![Turn {
            role: Role::User,
            blocks: vec![Block::Text("Hello".into())],
        }];
        assert_eq!(
            input(&Conversation {
                turns,
                ..Conversation::default()
            }),
            8
        );
    }
}
