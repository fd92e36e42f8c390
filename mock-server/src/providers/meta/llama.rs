//! Meta Llama 2 to 4, and imported models that are asked in its words (`max_gen_len`).
//!
//! The limit of Llama 3 in the schema was reported; that of Llama 4 is documented; nobody knows one of
//! imported models.
//!
//! Streams count the generated tokens as they go; the prompt's count stands in the first chunk
//! alone, the reason in the last alone, whose text is empty (recorded).

use serde_json::{Value, json};

use crate::behaviour::{Reply, tokens};
use crate::json::Json as _;
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::wire::ApiError;

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "llama",
    covers: |model, body| {
        model.starts_with("meta.")
            || model.starts_with("arn:") && body.member("max_gen_len").is_some()
    },
    schema: Some(bedrock_fixtures::providers::LLAMA),
    parse,
    render,
    chunks: Some(chunks),
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let limits = forms::settings(request.body, "max_gen_len", "stop");
    Ok(forms::completion(request, "prompt", limits))
}

fn render(_request: &Request<'_>, said: &Said) -> Value {
    let Some(reply) = said.reply() else {
        return Value::Null;
    };
    let stop = forms::stop_or_length(&reply.stop);
    let usage = reply.usage;
    generation(&reply.text(), Some(usage.input), usage.output, Some(stop))
}

fn chunks(request: &Request<'_>, reply: Reply) -> Chunks {
    let usage = reply.usage;
    let last = generation(
        "",
        None,
        usage.output,
        Some(forms::stop_or_length(&reply.stop)),
    );
    let (mut told, mut prompt) = (0, Some(usage.input));
    let pieces = forms::texts(request, reply).map(move |text| {
        told = (told + tokens::count(&text)).min(usage.output);
        generation(&text, prompt.take(), told, None)
    });
    Box::new(pieces.chain(std::iter::once(last)))
}

fn generation(text: &str, prompt: Option<u64>, count: u64, stop: Option<&str>) -> Value {
    json!({
        "generation": text,
        "prompt_token_count": prompt,
        "generation_token_count": count,
        "stop_reason": stop,
    })
}
