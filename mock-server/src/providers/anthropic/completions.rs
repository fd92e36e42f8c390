//! Anthropic's legacy completions: a prompt with `\n\nHuman:` turns in, a text out.
//!
//! Only Claude 2 and Instant take them. Answers have begun with `type` since 2025; the newer form
//! is written, because that is what these models last answered. A complete text says that it met
//! `\n\nHuman:`.

use serde_json::{Value, json};

use crate::behaviour::{Reply, StopReason};
use crate::json::Json as _;
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::wire::{ApiError, rows};

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "anthropic-completions",
    covers: |model, body| model.starts_with("anthropic.claude") && body.member("prompt").is_some(),
    schema: Some(bedrock_fixtures::providers::ANTHROPIC_COMPLETIONS),
    parse,
    render,
    chunks: Some(chunks),
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let legacy = ["anthropic.claude-v2", "anthropic.claude-instant"];
    if !legacy.iter().any(|l| request.model.starts_with(l)) {
        let name = crate::providers::anthropic::messages::bare_name(request.model);
        let text = format!(
            "\"{name}\" is not supported on this API. Please use the Messages API instead."
        );
        return Err(ApiError::row(rows::runtime::PROVIDER_TEXT).with("text", &text));
    }
    let limits = forms::settings(request.body, "max_tokens_to_sample", "stop_sequences");
    Ok(forms::completion(request, "prompt", limits))
}

fn render(_request: &Request<'_>, said: &Said) -> Value {
    said.reply().map_or(Value::Null, |reply| {
        completion(&reply.text(), Some(stop_words(&reply.stop)))
    })
}

fn chunks(request: &Request<'_>, reply: Reply) -> Chunks {
    let last = completion("", Some(stop_words(&reply.stop)));
    let texts = forms::texts(request, reply).filter(|text| !text.is_empty());
    let pieces = texts.map(|text| completion(&text, None));
    Box::new(pieces.chain(std::iter::once(last)))
}

fn completion(text: &str, ended: Option<(&str, Option<&str>)>) -> Value {
    let reason = ended.map(|(reason, _)| reason);
    let stop = ended.and_then(|(_, stop)| stop);
    json!({"type": "completion", "completion": text, "stop_reason": reason, "stop": stop})
}

/// The reason, and the text that was met.
fn stop_words(stop: &StopReason) -> (&'static str, Option<&str>) {
    match stop {
        StopReason::MaxTokens => ("max_tokens", None),
        StopReason::StopSequence(sequence) if !sequence.is_empty() => {
            ("stop_sequence", Some(sequence))
        }
        _ => ("stop_sequence", Some("\n\nHuman:")),
    }
}
