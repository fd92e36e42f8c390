//! Mistral's text completion: a prompt in, `outputs` out.
//!
//! The same models also take Mistral's chat form, which has messages. Streams end with an empty
//! text and the reason (recorded).

use serde_json::{Value, json};

use crate::behaviour::Reply;
use crate::json::Json as _;
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::wire::ApiError;

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "mistral-text",
    covers: |model, body| model.starts_with("mistral.") && body.member("messages").is_none(),
    schema: Some(bedrock_fixtures::providers::MISTRAL_TEXT),
    parse,
    render,
    chunks: Some(chunks),
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let limits = forms::settings(request.body, "max_tokens", "stop");
    Ok(forms::completion(request, "prompt", limits))
}

fn render(_request: &Request<'_>, said: &Said) -> Value {
    said.reply().map_or(Value::Null, |reply| {
        output(&reply.text(), Some(forms::stop_or_length(&reply.stop)))
    })
}

fn chunks(request: &Request<'_>, reply: Reply) -> Chunks {
    let last = output("", Some(forms::stop_or_length(&reply.stop)));
    let texts = forms::texts(request, reply).filter(|text| !text.is_empty());
    let pieces = texts.map(|text| output(&text, None));
    Box::new(pieces.chain(std::iter::once(last)))
}

fn output(text: &str, stop: Option<&str>) -> Value {
    json!({"outputs": [{"text": text, "stop_reason": stop}]})
}
