//! Mistral's chat form: OpenAI's messages in, `choices` out.
//!
//! Mistral Large 2402 and 2407 answer with choices alone, whole or streamed as a `message` with a
//! `stop_reason`, as public clients quote them. Pixtral and later models answer as Mistral's own API
//! does; of those one whole answer is published and the chunks are assumed.

use serde_json::{Map, Value, json};

use crate::behaviour::{Reply, ids};
use crate::json::Json as _;
use crate::providers::openai::messages::{CallForm, calls, conversation};
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::wire::ApiError;

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "mistral-chat",
    covers: |model, body| model.starts_with("mistral.") && body.member("messages").is_some(),
    schema: Some(bedrock_fixtures::providers::MISTRAL_CHAT),
    parse,
    render,
    chunks: Some(chunks),
    metrics: Metrics::OnTheLast,
    tells: &["toolUse"],
    view: None,
};

/// Models that answer with choices alone.
const CHOICES_ALONE: &[&str] = &["mistral.mistral-large-24", "mistral.mistral-small-2402"];

const CALL: CallForm = CallForm {
    id: |seed| ids::alphanumeric(seed, 22),
    whole: |id, name, arguments| json!({"id": id, "function": {"name": name, "arguments": arguments}}),
};

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    Ok(Ask::Chat(conversation(request.body)))
}

fn render(request: &Request<'_>, said: &Said) -> Value {
    let Some(reply) = said.reply() else {
        return Value::Null;
    };
    let stop = Some(forms::stop_or_calls(&reply.stop));
    let message = message(&reply.text(), calls(reply, CALL));
    if is_choices_alone(request) {
        return choices_alone(&message, stop);
    }
    let mut out = envelope(request, "chat.completion");
    out["choices"] = json!([{"index": 0, "message": message, "finish_reason": stop}]);
    out["usage"] = usage(reply);
    out
}

fn chunks(request: &Request<'_>, reply: Reply) -> Chunks {
    let stop = Some(forms::stop_or_calls(&reply.stop));
    let calls = calls(&reply, CALL);
    let usage = usage(&reply);
    let texts = forms::texts(request, reply).filter(|text| !text.is_empty());
    if is_choices_alone(request) {
        let last = choices_alone(&message("", calls), stop);
        let pieces = texts.map(|text| choices_alone(&message(&text, None), None));
        return Box::new(pieces.chain(std::iter::once(last)));
    }
    let base = envelope(request, "chat.completion.chunk");
    let mut last = base.clone();
    let mut delta = json!({"content": ""});
    if let Some(calls) = calls {
        delta["tool_calls"] = calls;
    }
    last["choices"] = json!([{"index": 0, "delta": delta, "finish_reason": stop}]);
    last["usage"] = usage;
    let first = json!({"role": "assistant", "content": ""});
    let pieces = texts.map(|text| json!({ "content": text }));
    let deltas = std::iter::once(first).chain(pieces).map(move |delta| {
        let mut chunk = base.clone();
        chunk["choices"] = json!([{"index": 0, "delta": delta, "finish_reason": null}]);
        chunk
    });
    Box::new(deltas.chain(std::iter::once(last)))
}

fn is_choices_alone(request: &Request<'_>) -> bool {
    CHOICES_ALONE.iter().any(|m| request.model.starts_with(m))
}

fn message(text: &str, calls: Option<Value>) -> Value {
    let mut message = Map::new();
    message.insert("role".into(), "assistant".into());
    message.insert("content".into(), text.into());
    if let Some(calls) = calls {
        message.insert("tool_calls".into(), calls);
    }
    Value::Object(message)
}

fn choices_alone(message: &Value, stop: Option<&str>) -> Value {
    json!({"choices": [{"index": 0, "message": message, "stop_reason": stop}]})
}

fn envelope(request: &Request<'_>, object: &str) -> Value {
    json!({
        "id": ids::uuid(request.seed),
        "object": object,
        "created": request.now,
        "model": bare_name(request.model),
    })
}

fn usage(reply: &Reply) -> Value {
    json!({
        "prompt_tokens": reply.usage.input,
        "completion_tokens": reply.usage.output,
        "total_tokens": reply.usage.total(),
    })
}

/// `mistral.pixtral-large-2502-v1:0` is `pixtral-large-2502` (published).
fn bare_name(model: &str) -> &str {
    let name = model.strip_prefix("mistral.").unwrap_or(model);
    name.split("-v").next().unwrap_or(name)
}
