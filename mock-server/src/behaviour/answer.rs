//! The default answer: deterministic, documented in the README, good for any valid request.
//!
//! A forced tool is called with the smallest valid arguments, an output schema gets the smallest
//! valid document, everything else gets one text that names the model and quotes the user.

use super::instance;
use super::tokens;
use super::turn::{
    Block, Conversation, Reply, Role, StopReason, Tool, ToolChoice, ToolUse, Turn, Usage,
};

/// What the mock claims a reply took, ms. Fixed, so that the same request has the same answer.
pub const LATENCY_MS: u64 = 412;

/// Characters of the user's text that the answer quotes.
const QUOTED: usize = 160;

/// Answers a conversation, honouring its limits. `model` is the id that the answer names, `seed`
/// what ids are made from.
pub fn reply(conversation: &Conversation, model: &str, seed: u64) -> Reply {
    let (blocks, stop) = match forced(conversation) {
        Some(tool) => call(conversation, tool, seed),
        None => {
            let full = match &conversation.output_schema {
                Some(schema) => instance::of_schema(schema).to_string(),
                None => full_text(conversation, model),
            };
            let (text, stop) = limit(&full, conversation);
            (vec![Block::Text(text)], stop)
        }
    };
    let usage = Usage {
        input: tokens::input(conversation),
        output: tokens::output(&blocks) * conversation.settings.answers.unwrap_or(1),
        ..Usage::default()
    };
    Reply {
        blocks,
        stop,
        usage,
        latency_ms: LATENCY_MS,
    }
}

fn forced(conversation: &Conversation) -> Option<&Tool> {
    match &conversation.tool_choice {
        ToolChoice::Any => conversation.tools.first(),
        ToolChoice::Named(name) => conversation.tools.iter().find(|t| t.name == *name),
        ToolChoice::Auto | ToolChoice::Never => None,
    }
}

fn call(conversation: &Conversation, tool: &Tool, seed: u64) -> (Vec<Block>, StopReason) {
    let input = instance::of_schema(&tool.schema);
    let block = Block::ToolUse(ToolUse {
        seed: seed ^ 0x746f_6f6c,
        name: tool.name.clone(),
        input,
    });
    let cost = tokens::output(std::slice::from_ref(&block));
    let stop = match conversation.settings.max_tokens {
        Some(max) if cost > max => StopReason::MaxTokens,
        _ => StopReason::ToolUse,
    };
    (vec![block], stop)
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

/// Cuts a text at the first stop sequence or at the token limit, whichever comes first.
fn limit(text: &str, conversation: &Conversation) -> (String, StopReason) {
    let settings = &conversation.settings;
    let stop_at = settings
        .stop_sequences
        .iter()
        .filter(|s| !s.is_empty())
        .filter_map(|s| text.find(s.as_str()).map(|at| (at, s)))
        .min_by_key(|(at, _)| *at);
    let until_stop = stop_at.map_or(text, |(at, _)| &text[..at]);
    let tokens = tokens::split(until_stop);
    match (settings.max_tokens, stop_at) {
        (Some(max), _) if (tokens.len() as u64) > max => {
            (tokens[..max as usize].concat(), StopReason::MaxTokens)
        }
        (_, Some((_, sequence))) => (
            until_stop.to_owned(),
            StopReason::StopSequence(sequence.clone()),
        ),
        _ => (text.to_owned(), StopReason::EndTurn),
    }
}
