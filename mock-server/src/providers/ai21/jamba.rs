//! AI21 Jamba: OpenAI's messages in, its choices between an id and AI21's `meta` out.
//!
//! Chunks carry the usage so far, the first has an empty text, and the invocation metrics stand in a
//! chunk of their own after the last one, unlike everywhere else (recorded).

use serde_json::{Value, json};

use crate::behaviour::{Reply, ids, tokens};
use crate::json::Json as _;
use crate::providers::openai::messages::{CallForm, calls, conversation, message_deltas};
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::wire::ApiError;

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "jamba",
    covers: |model, _| model.starts_with("ai21.jamba"),
    schema: Some(bedrock_fixtures::providers::JAMBA),
    parse,
    render,
    chunks: Some(chunks),
    metrics: Metrics::Apart,
    tells: &["toolUse"],
    view: None,
};

const CALL: CallForm = CallForm {
    id: crate::providers::openai::chat::call_id,
    whole: |id, name, arguments| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}),
};

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    Ok(Ask::Chat(conversation(request.body)))
}

fn render(request: &Request<'_>, said: &Said) -> Value {
    let Some(reply) = said.reply() else {
        return Value::Null;
    };
    let message = json!({
        "role": "assistant",
        "content": reply.text(),
        "tool_calls": calls(reply, CALL),
    });
    json!({
        "id": format!("chatcmpl-{}", ids::uuid(request.seed)),
        "choices": [{
            "index": 0,
            "message": message,
            "finish_reason": forms::stop_or_calls(&reply.stop),
        }],
        "usage": usage(reply.usage.input, reply.usage.output),
        "meta": {"requestDurationMillis": reply.latency_ms},
        "model": bare_name(request.model),
    })
}

fn chunks(request: &Request<'_>, reply: Reply) -> Chunks {
    let id = format!("chatcmpl-{}", ids::uuid(request.seed));
    let model = bare_name(request.model);
    let total = reply.usage;
    let first = json!({"role": "assistant", "content": ""});
    let finish = Value::from(forms::stop_or_calls(&reply.stop));
    let last = (json!({"content": ""}), finish, true);
    let mut told = 0;
    let deltas = std::iter::once(first)
        .chain(message_deltas(
            reply,
            crate::providers::openai::chat::call_id,
        ))
        .map(|delta| (delta, Value::Null, false))
        .chain(std::iter::once(last));
    Box::new(deltas.map(move |(delta, finish, is_last)| {
        let text = delta.member("content").and_then(Value::as_str);
        told = match is_last {
            true => total.output,
            false => (told + tokens::count(text.unwrap_or_default())).min(total.output),
        };
        json!({
            "id": id,
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
            "usage": usage(total.input, told),
            "model": model,
        })
    }))
}

fn usage(input: u64, output: u64) -> Value {
    json!({"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output})
}

/// `ai21.jamba-1-5-mini-v1:0` is `jamba-1.5-mini` (recorded).
fn bare_name(model: &str) -> String {
    let name = model.strip_prefix("ai21.").unwrap_or(model);
    let name = name.split("-v").next().unwrap_or(name);
    name.replace("1-5", "1.5")
}
