//! OpenAI gpt-oss: the chat form with reasoning inside the content.
//!
//! The model always thinks, so its content begins with `<reasoning>…</reasoning>`, in streams as one
//! delta of its own (recorded). The thought is made up here and costs no tokens, because the same
//! conversation costs the same through Converse.

use super::{Dialect, Metrics, openai_chat};

pub(super) const DIALECT: Dialect = Dialect {
    name: "gpt-oss",
    covers: |model, _| model.starts_with("openai.gpt-oss"),
    schema: Some(bedrock_fixtures::providers::OPENAI_CHAT),
    parse: openai_chat::parse,
    render: |request, said| openai_chat::render(request, said, THOUGHT),
    chunks: Some(|request, reply| openai_chat::chunks(request, reply, Some(THOUGHT))),
    metrics: Metrics::OnTheLast,
};

const THOUGHT: &str = "<reasoning>The user wants an answer.</reasoning>";
