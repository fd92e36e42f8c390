//! Cache points of an Anthropic Messages body: `cache_control` of tools, system, messages, in the
//! order in which the prompt is read.
//!
//! At most four, and none for an hour behind one for five minutes; the words are Anthropic's, from
//! public reports.

use serde_json::{Value, json};

use crate::behaviour::{CachePoint, CacheTtl, PromptPrefix, Turn, tokens};
use crate::json::Json as _;
use crate::providers::anthropic::messages::refuse;
use crate::providers::forms;
use crate::wire::ApiError;

/// Most cache points in a request.
const MOST_POINTS: usize = 4;
const MARK: &str = "cache_control";

/// All cache points; `turns` are the body's messages, read.
pub(in crate::providers) fn cache_points(
    body: &Value,
    turns: &[Turn],
) -> Result<Vec<CachePoint>, ApiError> {
    // Nothing to hash where nothing may be cached.
    if !forms::holds_key(body, MARK) {
        return Ok(Vec::new());
    }
    let mut reader = Reader::default();
    for (i, tool) in body.items("tools").iter().enumerate() {
        let tokens = forms::tool(tool, "input_schema").map_or(0, |t| tokens::tool(&t));
        reader.read("tool", tool, tokens, &format!("tools.{i}"))?;
    }
    for (i, entry) in texts(body.member("system")).iter().enumerate() {
        let text = entry.member("text").and_then(Value::as_str);
        let tokens = text.map_or(0, tokens::system);
        reader.read("system", entry, tokens, &format!("system.{i}"))?;
    }
    for (i, (message, turn)) in body.items("messages").iter().zip(turns).enumerate() {
        let role = message.member("role").and_then(Value::as_str);
        reader.prefix.cost(tokens::PER_MESSAGE);
        let content = texts(message.member("content"));
        for (j, (entry, block)) in content.iter().zip(&turn.blocks).enumerate() {
            let at = format!("messages.{i}.content.{j}");
            reader.read(role.unwrap_or_default(), entry, tokens::block(block), &at)?;
        }
    }
    // The whole prompt, which only newer models allow (`automaticCache` in the catalogue).
    if let Some(mark) = body.get(MARK).filter(|mark| !mark.is_null()) {
        reader.mark(mark, "")?;
    }
    match reader.count {
        count if count > MOST_POINTS => Err(refuse(&format!(
            "A maximum of {MOST_POINTS} blocks with cache_control may be provided. Found {count}."
        ))),
        _ => Ok(reader.prefix.into_points()),
    }
}

#[derive(Default)]
struct Reader {
    prefix: PromptPrefix,
    count: usize,
    /// A point for five minutes has been read.
    minutes: bool,
}

impl Reader {
    fn read(&mut self, place: &str, entry: &Value, tokens: u64, at: &str) -> Result<(), ApiError> {
        let mut plain = entry.clone();
        let mut marks = Vec::new();
        take_marks(&mut plain, &mut marks);
        self.prefix.block(place, &plain.to_string(), tokens);
        // Marks inside a block, as tool results have them, count as marks of the block.
        marks
            .iter()
            .try_for_each(|mark| self.mark(mark, &format!("{at}.")))
    }

    fn mark(&mut self, mark: &Value, at: &str) -> Result<(), ApiError> {
        let ttl = match mark.member("ttl").and_then(Value::as_str) {
            Some("1h") => CacheTtl::Hour,
            _ => CacheTtl::FiveMinutes,
        };
        if self.minutes && ttl == CacheTtl::Hour {
            return Err(refuse(&format!(
                "{at}cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`."
            )));
        }
        self.minutes |= ttl == CacheTtl::FiveMinutes;
        self.count += 1;
        self.prefix.point(ttl);
        Ok(())
    }
}

/// Takes the marks out of a block, so that a prefix is the same whether a mark stands in it or not.
fn take_marks(value: &mut Value, marks: &mut Vec<Value>) {
    let Value::Object(block) = value else {
        return;
    };
    if let Some(Value::Array(inner)) = block.get_mut("content") {
        inner.iter_mut().for_each(|b| take_marks(b, marks));
    }
    marks.extend(block.remove(MARK).filter(|mark| !mark.is_null()));
}

/// Content blocks; a text alone is a text block.
fn texts(content: Option<&Value>) -> Vec<Value> {
    match content {
        Some(Value::String(text)) => vec![json!({"type": "text", "text": text})],
        Some(Value::Array(blocks)) => blocks.clone(),
        _ => Vec::new(),
    }
}
