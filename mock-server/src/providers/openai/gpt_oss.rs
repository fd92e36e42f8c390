//! OpenAI gpt-oss: the chat form with reasoning inside the content.
//!
//! The model always thinks, so its content begins with `<reasoning>…</reasoning>`, in streams as one
//! delta of its own (recorded).

use crate::behaviour::{Block, Reasoning, Reply};

use super::chat;
use crate::providers::{Dialect, Metrics};

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "gpt-oss",
    covers: |model, _| model.starts_with("openai.gpt-oss"),
    schema: Some(bedrock_fixtures::providers::OPENAI_CHAT),
    parse: chat::parse,
    render: |request, said| {
        let thought = said.reply().map(thought).unwrap_or_default();
        chat::render(request, said, &thought)
    },
    chunks: Some(|request, reply| {
        let thought = thought(&reply);
        let told = (!thought.is_empty()).then_some(thought);
        chat::chunks(request, reply, told.as_deref())
    }),
    metrics: Metrics::OnTheLast,
    tells: &["toolUse", "reasoningContent"],
    view: None,
};

/// The reply's reasoning as it stands in the content; empty if there is none.
fn thought(reply: &Reply) -> String {
    let text = |b: &Block| match b {
        Block::Reasoning(Reasoning::Text { text, .. }) => {
            Some(format!("<reasoning>{text}</reasoning>"))
        }
        _ => None,
    };
    reply.blocks.iter().filter_map(text).collect()
}
