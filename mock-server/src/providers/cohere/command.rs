//! Cohere Command and Command Light: a prompt in, generations out, the prompt repeated.
//!
//! A stream without `stream: true` in its body is the whole answer in one chunk. With it, pieces
//! say which generation they belong to only if there are several, those of the first stand before
//! those of the second, and one last chunk ends them all (recorded).

use serde_json::{Map, Value, json};

use crate::behaviour::{Reply, Settings, StopReason, ids};
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::wire::ApiError;

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "cohere-command",
    covers: |model, _| {
        model.starts_with("cohere.command-text") || model.starts_with("cohere.command-light")
    },
    schema: Some(bedrock_fixtures::providers::COHERE_COMMAND),
    parse,
    render,
    chunks: Some(chunks),
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let limits = Settings {
        answers: Some(generations(request)),
        ..forms::settings(request.body, "max_tokens", "stop_sequences")
    };
    Ok(forms::completion(request, "prompt", limits))
}

fn render(request: &Request<'_>, said: &Said) -> Value {
    said.reply()
        .map_or(Value::Null, |reply| whole(request, reply))
}

fn whole(request: &Request<'_>, reply: &Reply) -> Value {
    let generation = |i: u64| {
        json!({
            "id": ids::uuid(request.seed.wrapping_add(1 + i)),
            "text": reply.text(),
            "finish_reason": finish(&reply.stop),
        })
    };
    json!({
        "id": ids::uuid(request.seed),
        "generations": (0..generations(request)).map(generation).collect::<Vec<_>>(),
        "prompt": request.text("prompt").unwrap_or_default(),
    })
}

fn chunks(request: &Request<'_>, reply: Reply) -> Chunks {
    if request.member("stream") != Some(&Value::Bool(true)) {
        return Box::new(std::iter::once(whole(request, &reply)));
    }
    let last = json!({"finish_reason": finish(&reply.stop), "is_finished": true});
    let count = generations(request);
    let each = std::iter::repeat_n(reply, count as usize).enumerate();
    let texts = each.map(|(index, reply)| {
        let pieces = forms::texts(request, reply);
        pieces.map(move |text| (index, text))
    });
    // The iterators are made now, their pieces one at a time.
    let pieces = texts.collect::<Vec<_>>().into_iter().flatten();
    let chunks = pieces.map(move |(index, text)| {
        let mut chunk = Map::new();
        if count > 1 {
            chunk.insert("index".into(), index.into());
        }
        chunk.insert("is_finished".into(), false.into());
        chunk.insert("text".into(), text.into());
        Value::Object(chunk)
    });
    Box::new(chunks.chain(std::iter::once(last)))
}

/// At most five, which the schema says too.
fn generations(request: &Request<'_>) -> u64 {
    request.number("num_generations").unwrap_or(1).clamp(1, 5)
}

pub(in crate::providers) fn finish(stop: &StopReason) -> &'static str {
    match stop {
        StopReason::MaxTokens => "MAX_TOKENS",
        StopReason::StopSequence(_) => "STOP_SEQUENCE",
        StopReason::ContentFiltered => "ERROR_TOXIC",
        _ => "COMPLETE",
    }
}
