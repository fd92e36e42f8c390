//! The cache points of a request, in the order in which the prompt is read: tools, system, messages.

use serde_json::Value;

use super::block::{BlockView, ViewKind};
use super::neutral::neutral_block;
use super::tools::declared_tool;
use super::view::{ConversationView, ToolKind};
use crate::behaviour::{CachePoint, CacheTtl, PromptPrefix, tokens};

/// Returns all cache points.
pub(super) fn cache_points(view: &ConversationView<'_>) -> Vec<CachePoint> {
    // Nothing to hash if nothing may be cached.
    if !view.has_cache_point() {
        return Vec::new();
    }
    let mut prefix = PromptPrefix::default();
    for tool in view.tools() {
        let tokens = declared_tool(tool).map_or(0, |tool| tokens::tool(&tool));
        let point = match tool.kind {
            ToolKind::CachePoint(ttl) => Some(ttl),
            _ => None,
        };
        read(&mut prefix, "tool", (tool.entry, point), tokens);
    }
    for block in &view.system {
        let tokens = block.kind.text().map_or(0, tokens::system);
        read(&mut prefix, "system", entry(block), tokens);
    }
    for message in view.messages() {
        let role = message.role.word();
        prefix.cost(tokens::PER_MESSAGE);
        for block in &message.content {
            let tokens = neutral_block(block).map_or(0, |b| tokens::block(&b));
            read(&mut prefix, role, entry(block), tokens);
        }
    }
    prefix.into_points()
}

/// An entry of the prompt; with its time to live if it is a cache point.
type Entry<'a> = (&'a Value, Option<CacheTtl>);

fn entry<'a>(block: &BlockView<'a>) -> Entry<'a> {
    match block.kind {
        ViewKind::CachePoint(ttl) => (block.entry, Some(ttl)),
        _ => (block.entry, None),
    }
}

fn read(prefix: &mut PromptPrefix, place: &str, (entry, point): Entry<'_>, tokens: u64) {
    match point {
        Some(ttl) => prefix.point(ttl),
        None => prefix.block(place, &entry.to_string(), tokens),
    }
}
