//! The default answer: deterministic, documented, good for any valid request.
//!
//! A forced tool is called with the smallest valid arguments. Where the model chooses, so is every tool
//! that the user's last message names. An output schema gets the smallest valid document, documents with
//! citations enabled are cited, everything else gets one text that names the model and quotes the user.
//! Models that always think, or for which the request enables it, think first.

use super::cite::cite;
use super::json_schema;
use super::reasoning::think;
use super::server_tools;
use super::tokens;
use super::traits::ModelTraits;
use super::turn::{
    Block, Conversation, Reply, Role, StopReason, Tool, ToolChoice, ToolUse, Turn, Usage,
};

/// The latency that the mock reports, ms. Fixed, so that the same request has the same answer.
pub const LATENCY_MS: u64 = 412;

/// Characters of the user's text that the answer quotes.
const QUOTED: usize = 160;

/// Answers a conversation within its limits. `model` is the id that the answer names; ids are made from
/// `seed`.
pub fn reply(conversation: &Conversation, traits: ModelTraits, model: &str, seed: u64) -> Reply {
    let mut blocks: Vec<Block> = think(conversation, traits, seed).into_iter().collect();
    if !answers_tools(conversation) {
        blocks.extend(server_tools::run(conversation, seed));
    }
    let calls = called(conversation);
    let stop = if calls.is_empty() {
        blocks.extend(words(conversation, traits, model));
        StopReason::EndTurn
    } else {
        blocks.extend(
            calls
                .into_iter()
                .enumerate()
                .map(|(n, tool)| call(tool, seed, n)),
        );
        StopReason::ToolUse
    };
    let (blocks, stop) = limit(blocks, stop, conversation, traits.keeps_stop_sequence);
    let usage = Usage {
        input: tokens::input(conversation),
        output: tokens::output(&blocks) * conversation.settings.answers.unwrap_or(1),
        ..Usage::default()
    };
    Reply::new(blocks, stop, usage, LATENCY_MS)
}

/// Returns the tools to call: one that the request demands, else those that the user names.
fn called(conversation: &Conversation) -> Vec<&Tool> {
    let tools = &conversation.tools;
    match &conversation.tool_choice {
        ToolChoice::Any => match named(conversation) {
            named if named.is_empty() => next(conversation).into_iter().collect(),
            named => named,
        },
        ToolChoice::Named(name) => tools.iter().find(|t| t.name == *name).into_iter().collect(),
        ToolChoice::Auto => named(conversation),
        ToolChoice::Never => Vec::new(),
    }
}

/// Returns the first tool that has not been called yet, else the last one: an agent that demands a tool
/// in every turn, and has one that ends its work, ends.
fn next(conversation: &Conversation) -> Option<&Tool> {
    let blocks = || conversation.turns.iter().flat_map(|t| &t.blocks);
    let called = |tool: &&Tool| {
        blocks().any(|b| matches!(b, Block::ToolUse(call) if call.name == tool.name))
    };
    let mut tools = conversation.tools.iter();
    tools
        .find(|tool| !called(tool))
        .or(conversation.tools.last())
}

/// Returns the last message if it is the user's.
fn asked(conversation: &Conversation) -> Option<&Turn> {
    let mut spoken = conversation
        .turns
        .iter()
        .rev()
        .filter(|t| t.role != Role::System);
    spoken.next().filter(|t| t.role == Role::User)
}

fn answers_tools(conversation: &Conversation) -> bool {
    let result = |b: &Block| matches!(b, Block::ToolResult { .. });
    asked(conversation).is_some_and(|turn| turn.blocks.iter().any(result))
}

/// Returns the tools that the last message names, unless it answers tools.
fn named(conversation: &Conversation) -> Vec<&Tool> {
    let Some(turn) = asked(conversation).filter(|_| !answers_tools(conversation)) else {
        return Vec::new();
    };
    let texts = || {
        turn.blocks.iter().filter_map(|b| match b {
            Block::Text(text) => Some(text.as_str()),
            _ => None,
        })
    };
    let tools = conversation.tools.iter();
    tools
        .filter(|tool| texts().any(|text| holds_word(text, &tool.name)))
        .collect()
}

/// Whether a name is in a text as a word of its own.
fn holds_word(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part)
        })
}

fn call(tool: &Tool, seed: u64, n: usize) -> Block {
    Block::ToolUse(ToolUse {
        seed: seed.wrapping_add((n as u64).wrapping_mul(0x9e37_79b9)) ^ 0x746f_6f6c,
        name: tool.name.clone(),
        input: json_schema::of_schema(&tool.schema),
        ..ToolUse::default()
    })
}

fn words(conversation: &Conversation, traits: ModelTraits, model: &str) -> Vec<Block> {
    if let Some(schema) = &conversation.output_schema {
        return vec![Block::Text(json_schema::of_schema(schema).to_string())];
    }
    let cited = if traits.cites {
        cite(conversation)
    } else {
        Vec::new()
    };
    if !cited.is_empty() {
        return cited;
    }
    vec![Block::Text(full_text(conversation, model))]
}

fn full_text(conversation: &Conversation, model: &str) -> String {
    let said = conversation
        .turns
        .iter()
        .rev()
        .find(|t| t.role == Role::User)
        .map(last_text)
        .unwrap_or_default();
    let said = said.trim();
    if said.is_empty() {
        return format!("Hello! This is bedrock-mock, answering as {model}.");
    }
    let mut quote: String = said.chars().take(QUOTED).collect();
    if quote.len() < said.len() {
        quote.push('…');
    }
    format!("Hello! This is bedrock-mock, answering as {model}. You said: \"{quote}\"")
}

fn last_text(turn: &Turn) -> &str {
    let text = |b: &'_ Block| -> Option<()> { matches!(b, Block::Text(_)).then_some(()) };
    turn.blocks
        .iter()
        .rev()
        .find(|b| text(b).is_some() || matches!(b, Block::ToolResult { .. }))
        .map_or("", |b| match b {
            Block::Text(text) | Block::ToolResult { text, .. } => text,
            _ => "",
        })
}

/// Cuts a reply at its first stop sequence or at the token limit, whichever comes first. Thoughts
/// count towards the limit; stop sequences are looked for in text alone. A call that does not fit
/// stays complete, because half of its JSON would not be JSON; only the stop reason changes.
fn limit(
    blocks: Vec<Block>,
    stop: StopReason,
    conversation: &Conversation,
    keeps_sequence: bool,
) -> (Vec<Block>, StopReason) {
    let max = conversation.settings.max_tokens;
    let sequences = &conversation.settings.stop_sequences;
    let mut left = max.unwrap_or(u64::MAX);
    let mut kept = Vec::with_capacity(blocks.len());
    for block in blocks {
        let text = match &block {
            Block::Text(text) => Some(text.as_str()),
            Block::Cited(cited) => cited.text.as_deref(),
            _ => None,
        };
        let met = text.and_then(|text| first_of(text, sequences));
        let end = |(at, sequence): (usize, &String)| match keeps_sequence {
            true => at + sequence.len(),
            false => at,
        };
        let until_stop = text.map(|text| met.map_or(text, |met| &text[..end(met)]));
        let cost = match until_stop {
            Some(text) => tokens::count(text),
            None => tokens::output(std::slice::from_ref(&block)),
        };
        if cost > left {
            kept.extend(cut(block, left as usize, kept.is_empty()));
            return (kept, StopReason::MaxTokens);
        }
        left -= cost;
        if let (Some((_, sequence)), Some(text)) = (met, until_stop) {
            let text = text.to_owned();
            kept.push(with_text(block, text));
            let stop = match keeps_sequence {
                true => StopReason::EndTurn,
                false => StopReason::StopSequence(sequence.clone()),
            };
            return (kept, stop);
        }
        kept.push(block);
    }
    (kept, stop)
}

/// Returns the first of the sequences in a text, and its byte offset.
fn first_of<'s>(text: &str, sequences: &'s [String]) -> Option<(usize, &'s String)> {
    sequences
        .iter()
        .filter(|s| !s.is_empty())
        .filter_map(|s| text.find(s.as_str()).map(|at| (at, s)))
        .min_by_key(|(at, _)| *at)
}

/// Returns the part of a block that fits into the given number of tokens; `None` if nothing fits and the
/// reply has other blocks.
fn cut(block: Block, tokens: usize, alone: bool) -> Option<Block> {
    let first = |text: &str| tokens::split(text)[..tokens].concat();
    match &block {
        Block::Text(text) if tokens > 0 || alone => {
            let text = first(text);
            Some(Block::Text(text))
        }
        Block::Cited(super::turn::Cited {
            text: Some(text), ..
        }) if tokens > 0 || alone => {
            let text = first(text);
            Some(with_text(block, text))
        }
        Block::Reasoning(super::turn::Reasoning::Text { text, signature }) => {
            let text = first(text);
            let signature = signature.clone();
            Some(Block::Reasoning(super::turn::Reasoning::Text {
                text,
                signature,
            }))
        }
        Block::ToolUse(_) => Some(block),
        _ => alone.then_some(block),
    }
}

fn with_text(block: Block, text: String) -> Block {
    match block {
        Block::Cited(cited) => Block::Cited(super::turn::Cited {
            text: Some(text),
            ..cited
        }),
        _ => Block::Text(text),
    }
}
