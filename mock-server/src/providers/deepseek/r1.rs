//! DeepSeek-R1's text completion: a prompt in, `choices` of texts out. Later DeepSeek models have
//! OpenAI's chat form.
//!
//! The body is documented; that streams have the same members, an empty text at their end and null
//! before it, is assumed after Mistral's.

use serde_json::{Value, json};

use crate::behaviour::Reply;
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::wire::ApiError;

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "deepseek-r1",
    covers: |model, _| model.starts_with("deepseek.r1"),
    schema: Some(bedrock_fixtures::providers::DEEPSEEK_R1),
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
        choice(&reply.text(), Some(forms::stop_or_length(&reply.stop)))
    })
}

fn chunks(request: &Request<'_>, reply: Reply) -> Chunks {
    let last = choice("", Some(forms::stop_or_length(&reply.stop)));
    let texts = forms::texts(request, reply).filter(|text| !text.is_empty());
    let pieces = texts.map(|text| choice(&text, None));
    Box::new(pieces.chain(std::iter::once(last)))
}

fn choice(text: &str, stop: Option<&str>) -> Value {
    json!({"choices": [{"text": text, "stop_reason": stop}]})
}
