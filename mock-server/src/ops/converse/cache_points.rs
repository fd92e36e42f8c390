//! Cache points of a request, in the order in which the prompt is read: tools, system, messages.

use serde_json::{Map, Value};

use super::request::content_block;
use super::tools::declared_tool;
use crate::behaviour::{CachePoint, CacheTtl, PromptPrefix, tokens};
use crate::json::{Json as _, items};

/// All cache points.
pub(super) fn cache_points(input: &Map<String, Value>) -> Vec<CachePoint> {
    let tools = items(input.member("toolConfig").and_then(|t| t.member("tools")));
    let system = input.items("system");
    let messages = input.items("messages");
    let contents = || messages.iter().flat_map(|m| m.items("content"));
    // Nothing to hash where nothing may be cached.
    let mut entries = tools.iter().chain(system).chain(contents());
    if !entries.any(|entry| entry.member("cachePoint").is_some()) {
        return Vec::new();
    }
    let mut prefix = PromptPrefix::default();
    for entry in tools {
        let tokens = declared_tool(entry).map_or(0, |tool| tokens::tool(&tool));
        read(&mut prefix, "tool", entry, tokens);
    }
    for entry in system {
        let text = entry.member("text").and_then(Value::as_str);
        read(&mut prefix, "system", entry, text.map_or(0, tokens::system));
    }
    for message in messages {
        let role = message.member("role").and_then(Value::as_str);
        prefix.cost(tokens::PER_MESSAGE);
        for block in message.items("content") {
            let tokens = content_block(block).map_or(0, |b| tokens::block(&b));
            read(&mut prefix, role.unwrap_or_default(), block, tokens);
        }
    }
    prefix.into_points()
}

fn read(prefix: &mut PromptPrefix, place: &str, entry: &Value, tokens: u64) {
    match entry.member("cachePoint") {
        None => prefix.block(place, &entry.to_string(), tokens),
        Some(point) => prefix.point(match point.member("ttl").and_then(Value::as_str) {
            Some("1h") => CacheTtl::Hour,
            _ => CacheTtl::FiveMinutes,
        }),
    }
}
