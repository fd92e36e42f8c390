//! AI21 Jurassic-2: a prompt in; prompt and completions with every token and its place out.
//!
//! It does not stream. Log-probabilities are made up. A text that ends by itself has one token more,
//! `<|endoftext|>` (recorded); the other reasons are documented.

use serde_json::{Value, json};

use crate::behaviour::{Reply, Settings, StopReason, tokens};
use crate::providers::{Ask, Dialect, Metrics, Request, Said, forms};
use crate::wire::ApiError;

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "jurassic",
    covers: |model, _| model.starts_with("ai21.j2"),
    schema: Some(bedrock_fixtures::providers::JURASSIC),
    parse,
    render,
    chunks: None,
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

/// The id of every recorded answer.
const ID: u64 = 1234;

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let limits = Settings {
        answers: Some(results(request)),
        ..forms::settings(request.body, "maxTokens", "stopSequences")
    };
    Ok(forms::completion(request, "prompt", limits))
}

fn render(request: &Request<'_>, said: &Said) -> Value {
    let Some(reply) = said.reply() else {
        return Value::Null;
    };
    let prompt = request.text("prompt").unwrap_or_default();
    let completion = completion(reply);
    json!({
        "id": ID,
        "prompt": {"text": prompt, "tokens": told_tokens(prompt)},
        "completions": vec![completion; results(request) as usize],
    })
}

fn completion(reply: &Reply) -> Value {
    let text = reply.text();
    let mut tokens = told_tokens(&text);
    let reason = match &reply.stop {
        StopReason::MaxTokens => json!({"reason": "length", "length": reply.usage.output}),
        StopReason::StopSequence(sequence) => json!({"reason": "stop", "sequence": sequence}),
        _ => {
            let end = text.chars().count();
            tokens.push(token("<|endoftext|>", end, end));
            json!({"reason": "endoftext"})
        }
    };
    json!({"data": {"text": text, "tokens": tokens}, "finishReason": reason})
}

/// At most sixteen, which the schema says too.
fn results(request: &Request<'_>) -> u64 {
    request.number("numResults").unwrap_or(1).clamp(1, 16)
}

fn told_tokens(text: &str) -> Vec<Value> {
    let mut at = 0;
    let place = |piece: &str| {
        let start = at;
        at += piece.chars().count();
        token(&written(piece), start, at)
    };
    tokens::split(text).into_iter().map(place).collect()
}

/// Spaces are written as U+2581, line ends by name.
fn written(piece: &str) -> String {
    piece.replace(' ', "\u{2581}").replace('\n', "<|newline|>")
}

fn token(text: &str, start: usize, end: usize) -> Value {
    json!({
        "generatedToken": {"token": text, "logprob": -0.25, "raw_logprob": -0.5},
        "topTokens": null,
        "textRange": {"start": start, "end": end},
    })
}
