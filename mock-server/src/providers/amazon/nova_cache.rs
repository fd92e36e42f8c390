//! Cache points of a Nova body: `cachePoint` as a member of a text, or as a block of its own as
//! Converse has it (assumed), in system and messages.

use serde_json::Value;

use crate::behaviour::{CachePoint, CacheTtl, PromptPrefix, tokens};
use crate::json::{Json as _, items};
use crate::providers::amazon::nova::{block, tool};
use crate::providers::forms;

/// All cache points, in the order in which the prompt is read.
pub(in crate::providers) fn cache_points(body: &Value) -> Vec<CachePoint> {
    // Nothing to hash where nothing may be cached.
    if !forms::holds_key(body, "cachePoint") {
        return Vec::new();
    }
    let mut prefix = PromptPrefix::default();
    for entry in items(body.pointer("/toolConfig/tools")) {
        let tokens = tool(entry).map_or(0, |t| tokens::tool(&t));
        read(&mut prefix, "tool", entry, tokens);
    }
    for entry in body.items("system") {
        let text = entry.member("text").and_then(Value::as_str);
        read(&mut prefix, "system", entry, text.map_or(0, tokens::system));
    }
    for message in body.items("messages") {
        let role = message.member("role").and_then(Value::as_str);
        prefix.cost(tokens::PER_MESSAGE);
        for entry in message.items("content") {
            let block = block(entry, "").ok().flatten();
            let tokens = block.map_or(0, |b| tokens::block(&b));
            read(&mut prefix, role.unwrap_or_default(), entry, tokens);
        }
    }
    prefix.into_points()
}

fn read(prefix: &mut PromptPrefix, place: &str, entry: &Value, tokens: u64) {
    let mut plain = entry.clone();
    let members = plain.as_object_mut();
    let point = members.and_then(|members| members.remove("cachePoint"));
    if plain.as_object().is_none_or(|members| !members.is_empty()) {
        prefix.block(place, &plain.to_string(), tokens);
    }
    if let Some(point) = point {
        prefix.point(match point.member("ttl").and_then(Value::as_str) {
            Some("1h") => CacheTtl::Hour,
            _ => CacheTtl::FiveMinutes,
        });
    }
}
