//! OpenAI's chat form with sorted keys: Qwen, DeepSeek V3 and later, Writer, Gemma, MiniMax, Kimi,
//! Nemotron, GLM and others that Bedrock serves with one server.
//!
//! Only gpt-oss was recorded; that the others are written alike is assumed. gpt-oss alone has
//! reasoning in its content, so it is a dialect of its own that uses these parts.

use serde_json::{Map, Value, json};

use crate::behaviour::{Reply, Usage, ids};
use crate::providers::openai::messages::{CallForm, calls, conversation, message_deltas};
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::wire::ApiError;

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "openai-chat",
    covers: |model, _| PROVIDERS.iter().any(|p| model.starts_with(p)),
    schema: Some(bedrock_fixtures::providers::OPENAI_CHAT),
    parse,
    render: |request, said| render(request, said, ""),
    chunks: Some(|request, reply| chunks(request, reply, None)),
    metrics: Metrics::OnTheLast,
    tells: &["toolUse"],
    view: None,
};

const PROVIDERS: &[&str] = &[
    "deepseek.v",
    "google.",
    "minimax.",
    "moonshot.",
    "moonshotai.",
    "nvidia.",
    "openai.",
    "qwen.",
    "writer.",
    "xai.",
    "zai.",
];

const CALL: CallForm = CallForm {
    id: call_id,
    whole: |id, name, arguments| json!({"function": {"arguments": arguments, "name": name}, "id": id, "type": "function"}),
};

/// `chatcmpl-tool-` and 32 hexadecimal digits (recorded).
pub(in crate::providers) fn call_id(seed: u64) -> String {
    format!("chatcmpl-tool-{}", ids::hex(seed, 32))
}

pub(in crate::providers) fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    Ok(Ask::Chat(conversation(request.body)))
}

/// The whole answer; `before` stands in the content before the text.
pub(in crate::providers) fn render(request: &Request<'_>, said: &Said, before: &str) -> Value {
    let Some(reply) = said.reply() else {
        return Value::Null;
    };
    let calls = calls(reply, CALL);
    let text = format!("{before}{}", reply.text());
    let mut message = Map::new();
    let content = match calls.is_some() && text.is_empty() {
        true => Value::Null,
        false => text.into(),
    };
    message.insert("content".into(), content);
    message.insert("refusal".into(), Value::Null);
    message.insert("role".into(), "assistant".into());
    if let Some(calls) = calls {
        message.insert("tool_calls".into(), calls);
    }
    json!({
        "choices": [{
            "finish_reason": forms::stop_or_calls(&reply.stop),
            "index": 0,
            "logprobs": null,
            "message": message,
        }],
        "created": request.now,
        "id": format!("chatcmpl-{}", ids::uuid(request.seed)),
        "model": request.model,
        "object": "chat.completion",
        "service_tier": tier(request),
        "usage": usage(reply.usage),
    })
}

/// The chunks; `before` is told in a delta of its own before the text.
pub(in crate::providers) fn chunks(
    request: &Request<'_>,
    reply: Reply,
    before: Option<&str>,
) -> Chunks {
    let base = json!({
        "choices": [],
        "created": request.now,
        "id": format!("chatcmpl-{}", ids::uuid(request.seed)),
        "model": request.model,
        "object": "chat.completion.chunk",
        "service_tier": tier(request),
    });
    let told = request.body.pointer("/stream_options/include_usage") == Some(&Value::Bool(true));
    let counts = told.then(|| {
        let mut chunk = base.clone();
        chunk["usage"] = usage(reply.usage);
        chunk
    });
    let finish = (json!({}), forms::stop_or_calls(&reply.stop).into());
    let first = json!({"content": "", "role": "assistant"});
    let before = before.map(|text| json!({ "content": text }));
    let deltas = std::iter::once(first)
        .chain(before)
        .chain(message_deltas(reply, call_id))
        .map(|delta| (delta, Value::Null))
        .chain(std::iter::once(finish))
        .map(move |(delta, finish): (Value, Value)| {
            let mut chunk = base.clone();
            chunk["choices"] = json!([{"delta": delta, "finish_reason": finish, "index": 0}]);
            chunk
        });
    Box::new(deltas.chain(counts))
}

fn usage(usage: Usage) -> Value {
    json!({
        "completion_tokens": usage.output,
        "prompt_tokens": usage.input,
        "total_tokens": usage.total(),
    })
}

/// What the body asks for; `auto` otherwise (recorded).
fn tier<'r>(request: &'r Request<'_>) -> &'r str {
    request.text("service_tier").unwrap_or("auto")
}
