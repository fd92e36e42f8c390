//! Converse: one answer to a conversation.

use serde::Serialize;
use serde_json::Value;

use super::content::{ContentBlock, ToolForm};
use super::request::{Echoed, answer};
use super::usage::{UsageBody, of_reply};
use crate::behaviour::{Block, Reply};
use crate::ops::inference::Handled;
use crate::ops::{Call, Output};
use crate::wire::ApiError;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConverseOutput<'a> {
    metrics: Metrics,
    output: MessageOutput<'a>,
    stop_reason: &'a str,
    usage: UsageBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_model_response_fields: Option<Value>,
    #[serde(flatten)]
    echoed: Echoed<'a>,
}

/// How long the model took.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metrics {
    latency_ms: u64,
}

#[derive(Serialize)]
struct MessageOutput<'a> {
    message: Message<'a>,
}

#[derive(Serialize)]
struct Message<'a> {
    content: Vec<ContentBlock<'a>>,
    role: &'static str,
}

impl Metrics {
    /// Returns the metrics of a reply.
    pub(super) fn of(reply: &Reply) -> Self {
        Self {
            latency_ms: reply.latency_ms,
        }
    }
}

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let mut answered = match answer(call)? {
        Handled::Content(answered) => answered,
        Handled::Answer(answer) => return Ok(answer.into()),
    };
    answered.count_cached(call)?;
    let (family, reply) = (answered.resolved.family, &answered.reply);
    let form = ToolForm::of(family, &answered.conversation);
    let mut calls = 0;
    let mut blocks: Vec<&Block> = reply.blocks.iter().collect();
    if family.answers_first && reply.scripted.is_none() {
        blocks.sort_by_key(|block| matches!(block, Block::Reasoning(_)));
    }
    let content = blocks.into_iter().map(|block| {
        let written = ContentBlock::of(block, form, calls);
        calls += usize::from(matches!(block, Block::ToolUse(_)));
        written
    });
    let message = Message {
        content: content.collect(),
        role: "assistant",
    };
    let output = ConverseOutput {
        metrics: Metrics::of(reply),
        output: MessageOutput { message },
        stop_reason: reply.stop.converse(),
        usage: of_reply(
            family.usage,
            reply,
            answered.conversation.cache_point,
            false,
        ),
        additional_model_response_fields: answered.additional_fields(call),
        echoed: answered.echoed(call),
    };
    call.answer(&output)
}
