//! The default answer: deterministic, documented in the README, good for any valid request.

use super::tokens;
use super::turn::{Block, Conversation, Reply, Role, StopReason, Turn, Usage};

/// What the mock claims a reply took, ms. Fixed, so that the same request has the same answer.
pub const LATENCY_MS: u64 = 412;

/// Characters of the user's text that the answer quotes.
const QUOTED: usize = 160;

/// Answers a conversation, honouring its limits. `model` is the id that the answer names.
pub fn reply(conversation: &Conversation, model: &str) -> Reply {
    let (text, stop) = limit(&full_text(conversation, model), conversation);
    let usage = Usage {
        input: tokens::input(conversation),
        output: tokens::count(&text),
        ..Usage::default()
    };
    Reply {
        blocks: vec![Block::Text(text)],
        stop,
        usage,
        latency_ms: LATENCY_MS,
    }
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
    turn.blocks
        .iter()
        .rev()
        .find_map(|b| match b {
            Block::Text(text) => Some(text.as_str()),
            Block::Other { .. } => None,
        })
        .unwrap_or_default()
}

/// Cuts a text at the first stop sequence or at the token limit, whichever comes first.
fn limit(text: &str, conversation: &Conversation) -> (String, StopReason) {
    let settings = &conversation.settings;
    let stop_at = settings
        .stop_sequences
        .iter()
        .filter(|s| !s.is_empty())
        .filter_map(|s| text.find(s.as_str()))
        .min();
    let until_stop = stop_at.map_or(text, |at| &text[..at]);
    let tokens = tokens::split(until_stop);
    match settings.max_tokens {
        Some(max) if (tokens.len() as u64) > max => {
            (tokens[..max as usize].concat(), StopReason::MaxTokens)
        }
        _ if stop_at.is_some() => (until_stop.to_owned(), StopReason::StopSequence),
        _ => (text.to_owned(), StopReason::EndTurn),
    }
}
