//! Imported models and SageMaker endpoints that the catalogue declares without a base model:
//! OpenAI's completion form for a prompt, its chat form for messages.
//!
//! The answer of a completion was recorded from an endpoint: an empty id, the path of the weights as
//! model, the server's version as fingerprint. The other members' order, and the chunks, follow it.
//! Imported models can also be asked in Llama's words, see `llama`.

use serde_json::{Value, json};

use crate::behaviour::Reply;
use crate::json::Json as _;
use crate::providers::openai::messages::{CallForm, calls, conversation, message_deltas};
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::wire::{ApiError, rows};

pub(super) const DIALECT: Dialect = Dialect {
    name: "imported",
    covers: |model, _| model.starts_with("arn:"),
    schema: Some(bedrock_fixtures::providers::IMPORTED),
    parse,
    render,
    chunks: Some(chunks),
    metrics: Metrics::OnTheLast,
    tells: &["toolUse"],
    view: None,
};

const CALL: CallForm = CallForm {
    id: crate::providers::openai::chat::call_id,
    whole: |id, name, arguments| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}),
};

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    if is_chat(request) {
        return Ok(Ask::Chat(conversation(request.body)));
    }
    if request.text("prompt").is_none() {
        let what = "#: required key [prompt] not found";
        return Err(ApiError::row(rows::runtime::MALFORMED).with("what", what));
    }
    let limits = forms::settings(request.body, "max_tokens", "stop");
    Ok(forms::completion(request, "prompt", limits))
}

fn render(request: &Request<'_>, said: &Said) -> Value {
    let Some(reply) = said.reply() else {
        return Value::Null;
    };
    let finish = finish(request, reply);
    let (object, choice) = if is_chat(request) {
        let mut message = json!({"role": "assistant", "content": reply.text()});
        if let Some(calls) = calls(reply, CALL) {
            message["tool_calls"] = calls;
        }
        let choice =
            json!({"index": 0, "message": message, "logprobs": null, "finish_reason": finish});
        ("chat.completion", choice)
    } else {
        let choice =
            json!({"index": 0, "text": reply.text(), "logprobs": null, "finish_reason": finish});
        ("text_completion", choice)
    };
    let mut out = envelope(request, object, &choice);
    out["usage"] = usage(reply);
    out
}

fn chunks(request: &Request<'_>, reply: Reply) -> Chunks {
    let finish = Value::from(finish(request, &reply));
    let chat = is_chat(request);
    let object = if chat {
        "chat.completion.chunk"
    } else {
        "text_completion"
    };
    let base = envelope(request, object, &Value::Null);
    let usage = usage(&reply);
    let deltas = message_deltas(reply, crate::providers::openai::chat::call_id);
    let pieces = deltas.map(|delta| (delta, Value::Null));
    let end = std::iter::once((json!({"content": ""}), finish));
    Box::new(pieces.chain(end).map(move |(delta, finish)| {
        let mut chunk = base.clone();
        let choice = if chat {
            json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish})
        } else {
            let text = delta.member("content").cloned();
            json!({"index": 0, "text": text, "logprobs": null, "finish_reason": finish})
        };
        chunk["choices"] = json!([choice]);
        if !finish.is_null() {
            chunk["usage"] = usage.clone();
        }
        chunk
    }))
}

fn finish(request: &Request<'_>, reply: &Reply) -> &'static str {
    match is_chat(request) {
        true => forms::stop_or_calls(&reply.stop),
        false => forms::stop_or_length(&reply.stop),
    }
}

fn is_chat(request: &Request<'_>) -> bool {
    request.member("messages").is_some()
}

fn envelope(request: &Request<'_>, object: &str, choice: &Value) -> Value {
    json!({
        "object": object,
        "id": "",
        "created": request.now,
        "model": "/opt/ml/model",
        "system_fingerprint": "3.0.1-native",
        "choices": [choice],
    })
}

fn usage(reply: &Reply) -> Value {
    json!({
        "prompt_tokens": reply.usage.input,
        "completion_tokens": reply.usage.output,
        "total_tokens": reply.usage.total(),
    })
}
