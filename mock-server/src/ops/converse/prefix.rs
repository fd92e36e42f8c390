//! Cache points of a request, in the order in which the prompt is read: tools, system, messages.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::request::{content_block, list};
use super::tools::declared_tool;
use crate::behaviour::tokens;
use crate::behaviour::{CachePoint, CacheTtl};

/// What has been read so far.
#[derive(Default)]
struct Prefix {
    hash: Sha256,
    tokens: u64,
    points: Vec<CachePoint>,
}

/// All cache points.
pub(super) fn cache_points(input: &Map<String, Value>) -> Vec<CachePoint> {
    let mut prefix = Prefix::default();
    for entry in list(input.get("toolConfig").and_then(|t| t.get("tools"))) {
        let tokens = declared_tool(entry).map_or(0, |tool| tokens::tool(&tool));
        prefix.read("tool", entry, tokens);
    }
    for entry in list(input.get("system")) {
        let text = entry.get("text").and_then(Value::as_str);
        prefix.read("system", entry, text.map_or(0, tokens::system));
    }
    for message in list(input.get("messages")) {
        let role = message
            .get("role")
            .and_then(Value::as_str)
            .unwrap_or_default();
        prefix.tokens += tokens::PER_MESSAGE;
        for block in list(message.get("content")) {
            let tokens = content_block(block).map_or(0, |b| tokens::block(&b));
            prefix.read(role, block, tokens);
        }
    }
    prefix.points
}

impl Prefix {
    fn read(&mut self, place: &str, entry: &Value, tokens: u64) {
        if let Some(point) = entry.get("cachePoint") {
            let ttl = match point.get("ttl").and_then(Value::as_str) {
                Some("1h") => CacheTtl::Hour,
                _ => CacheTtl::FiveMinutes,
            };
            let digest = self.hash.clone().finalize();
            let mut prefix = [0; 16];
            prefix.copy_from_slice(&digest[..16]);
            self.points.push(CachePoint {
                prefix: u128::from_be_bytes(prefix),
                tokens: self.tokens,
                ttl,
            });
            return;
        }
        self.tokens += tokens;
        let text = entry.to_string();
        self.hash.update(place.as_bytes());
        self.hash.update((text.len() as u64).to_be_bytes());
        self.hash.update(text.as_bytes());
    }
}
