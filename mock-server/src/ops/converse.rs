//! Converse: one answer to a conversation.

use serde_json::{Value, json};

use super::Call;
use super::converse_request::{read, tool_use, usage};
use crate::behaviour::{Block, reply};
use crate::wire::{Answer, ApiError, json as wire_json};

pub(super) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
    let (resolved, conversation) = read(call)?;
    let reply = reply(&conversation, &resolved.id, call.request.seed());
    let typed = resolved.family.typed_tool_use;
    let content: Vec<Value> = reply
        .blocks
        .iter()
        .map(|block| match block {
            Block::Text(text) => json!({ "text": text }),
            Block::ToolUse(tool) => json!({ "toolUse": tool_use(tool, typed) }),
            Block::ToolResult { .. } | Block::Other { .. } => json!({ "text": "" }),
        })
        .collect();
    let mut body = json!({
        "metrics": { "latencyMs": reply.latency_ms },
        "output": { "message": { "content": content, "role": "assistant" } },
        "stopReason": reply.stop.converse(),
        "usage": usage(resolved.family.usage, reply.usage, conversation.cache_point, false),
    });
    // Echoed only when asked for, as recorded.
    if let Some(performance) = call.input.members.get("performanceConfig") {
        body["performanceConfig"] = performance.clone();
    }
    if let Some(tier) = call.input.members.get("serviceTier") {
        body["serviceTier"] = tier.clone();
    }
    Ok(Answer::json(
        200,
        wire_json::write(call.model, call.operation.output, &body),
    ))
}
