//! Converse: one answer to a conversation.

use serde_json::{Value, json};

use super::content::{self, ToolForm};
use super::request::answer;
use super::usage;
use crate::behaviour::Block;
use crate::ops::Call;
use crate::ops::inference::Handled;
use crate::wire::{Answer, ApiError, json as wire_json};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
    let mut answered = match answer(call)? {
        Handled::Content(answered) => answered,
        Handled::Answer(answer) => return Ok(answer),
    };
    answered.settle(call)?;
    let (family, reply) = (answered.resolved.family, &answered.reply);
    let form = ToolForm::of(family, &answered.conversation);
    let mut calls = 0;
    let mut blocks: Vec<&Block> = reply.blocks.iter().collect();
    if family.answers_first && reply.scripted.is_none() {
        blocks.sort_by_key(|block| matches!(block, Block::Reasoning(_)));
    }
    let content: Vec<Value> = blocks
        .into_iter()
        .map(|block| {
            let written = content::block(block, form, calls);
            calls += usize::from(matches!(block, Block::ToolUse(_)));
            written
        })
        .collect();
    let mut body = json!({
        "metrics": { "latencyMs": reply.latency_ms },
        "output": { "message": { "content": content, "role": "assistant" } },
        "stopReason": reply.stop.converse(),
        "usage": usage::of_reply(family.usage, reply, answered.conversation.cache_point, false),
    });
    if let Some(additional) = answered.additional_fields(call) {
        body["additionalModelResponseFields"] = additional;
    }
    for (name, value) in answered.echoed(call) {
        body[name] = value;
    }
    Ok(Answer::json(
        200,
        wire_json::write(call.model, call.operation.output, &body),
    ))
}
