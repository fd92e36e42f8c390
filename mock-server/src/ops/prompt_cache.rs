//! The prompt cache's share of a reply's usage, once Converse or InvokeModel is certain to answer.

use super::Call;
use crate::behaviour::{CachePoint, Conversation, Reply, tokens};
use crate::wire::{ApiError, rows};

/// Counts the tokens that were read from the cache and those that were written to it. A refused request
/// must not come here, because it caches nothing. Models that cache nothing refuse cache points.
pub(super) fn count_cached(
    call: &Call<'_>,
    model: &str,
    conversation: &Conversation,
    reply: &mut Reply,
) -> Result<(), ApiError> {
    if conversation.cache.is_empty() {
        return Ok(());
    }
    let Some(rules) = call.app.catalogue.prompt_cache(model) else {
        return Err(ApiError::row(rows::runtime::CACHE_UNSUPPORTED)
            .hint(format!("{model} caches no prompts")));
    };
    // A tool that the messages remove again costs nothing, but is in the prompt.
    let all = tokens::input(conversation);
    let within = |point: CachePoint| CachePoint {
        tokens: point.tokens.min(all),
        ..point
    };
    let points: Vec<CachePoint> = conversation.cache.iter().cloned().map(within).collect();
    let account = call.principal.account.as_str();
    let caches = &call.app.prompt_caches;
    let used = caches.visit(account, model, &points, rules, call.app.clock.now());
    // A script's own counts stay; the prompt is cached all the same.
    if reply
        .scripted
        .as_ref()
        .is_none_or(|said| said.usage.is_none())
    {
        reply.usage.input = all.saturating_sub(used.read + used.write);
        reply.usage.cache_read = used.read;
        reply.usage.cache_write = used.write;
        reply.usage.cache_write_hour = used.write_hour;
    }
    Ok(())
}
