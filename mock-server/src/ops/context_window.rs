//! How many tokens a model reads.
//!
//! Images, documents and videos are left out of the count: their cost depends on their content, which the
//! mock does not read. The limits and the words are rows of
//! `fixtures/catalogue/capabilities.json`.

use serde_json::Value;

use super::Call;
use crate::behaviour::{Block, Conversation, tokens};
use crate::json::Json as _;
use crate::state::catalogue::TooLong;
use crate::wire::ApiError;
use crate::wire::rows::{self, RowId};

/// Prefix of the beta that widens Claude's window, and its width in tokens.
const WIDE: (&str, u64) = ("context-1m", 1_000_000);

/// Refuses more input than the model reads; the limit itself passes. `native` holds the members that the
/// provider defines, which enable betas; `too_long` is the row of the refusal in the service's own words.
pub(super) fn fits(
    call: &Call<'_>,
    model: &str,
    conversation: &Conversation,
    native: Option<&Value>,
    too_long: RowId,
) -> Result<(), ApiError> {
    let limits = call.app.catalogue.limits(model);
    let Some(limit) = limits.context_tokens else {
        return Ok(());
    };
    let limit = if is_wide(native) {
        limit.max(WIDE.1)
    } else {
        limit
    };
    // A token has at least one byte, so most requests need no counting. A stored prompt's text is not in
    // the body.
    let stored: usize = texts(conversation).map(str::len).sum();
    let bytes = call.request.body.len().max(stored) as u64;
    // The requested output counts too where the engine checks both.
    let output = match limits.too_long {
        TooLong::Mantle => conversation.settings.max_tokens.unwrap_or_default(),
        _ => 0,
    };
    if bytes.saturating_add(output) <= limit {
        return Ok(());
    }
    let tokens = tokens::words(conversation);
    if tokens.saturating_add(output) <= limit {
        return Ok(());
    }
    if tokens <= limit {
        return Err(no_room_left(limit, output));
    }
    let row = match limits.too_long {
        TooLong::Native => too_long,
        TooLong::Anthropic => rows::runtime::CLAUDE_INPUT_TOO_LONG,
        TooLong::Nova2 => rows::runtime::NOVA_INPUT_TOO_LONG,
        TooLong::Mantle => rows::runtime::MANTLE_INPUT_TOO_LONG,
    };
    Err(ApiError::row(row)
        .with("tokens", &tokens.to_string())
        .with("limit", &limit.to_string()))
}

/// Returns the refusal of an output that does not fit; the engine stops counting at the first token that
/// exceeds the limit.
fn no_room_left(limit: u64, output: u64) -> ApiError {
    let most = limit + 1;
    ApiError::row(rows::runtime::MANTLE_OUTPUT_TOO_LONG)
        .with("limit", &limit.to_string())
        .with("output", &output.to_string())
        .with("tokens", &most.saturating_sub(output).to_string())
        .with("total", &most.to_string())
}

fn texts(conversation: &Conversation) -> impl Iterator<Item = &str> {
    let blocks = conversation.turns.iter().flat_map(|turn| &turn.blocks);
    let said = blocks.filter_map(|block| match block {
        Block::Text(text) => Some(text.as_str()),
        _ => None,
    });
    conversation.system.iter().map(String::as_str).chain(said)
}

fn is_wide(native: Option<&Value>) -> bool {
    let betas = native.and_then(|members| members.member("anthropic_beta")?.as_array());
    let mut betas = betas.into_iter().flatten().filter_map(Value::as_str);
    betas.any(|beta| beta.starts_with(WIDE.0))
}
