//! Amazon Titan text: `inputText` in, `results` out.
//!
//! Streams tell few, long pieces. The first alone has the input count, the last alone the output
//! count and the reason; everywhere else these are null. A short answer is one chunk with all of
//! them (recorded).

use serde_json::{Value, json};

use crate::behaviour::{Reply, StopReason, ToolPieces};
use crate::providers::{Ask, Chunks, Dialect, Metrics, Request, Said, forms};
use crate::wire::ApiError;

pub(in crate::providers) const DIALECT: Dialect = Dialect {
    name: "titan-text",
    covers: |model, _| {
        model.starts_with("amazon.titan-text") || model.starts_with("amazon.titan-tg1")
    },
    schema: Some(bedrock_fixtures::providers::TITAN_TEXT),
    parse,
    render,
    chunks: Some(chunks),
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

/// Characters of a piece; recorded ones have 30 to 340.
const PIECE: usize = 120;

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let config = request
        .member("textGenerationConfig")
        .unwrap_or(&Value::Null);
    let limits = forms::settings(config, "maxTokenCount", "stopSequences");
    Ok(forms::completion(request, "inputText", limits))
}

fn render(_request: &Request<'_>, said: &Said) -> Value {
    let Some(reply) = said.reply() else {
        return Value::Null;
    };
    json!({
        "inputTextTokenCount": reply.usage.input,
        "results": [{
            "tokenCount": reply.usage.output,
            "outputText": reply.text(),
            "completionReason": reason(&reply.stop),
        }],
    })
}

fn chunks(_request: &Request<'_>, reply: Reply) -> Chunks {
    let (usage, reason) = (reply.usage, reason(&reply.stop));
    let mut texts = forms::pieces(reply, ToolPieces::Whole.into()).peekable();
    let mut first = true;
    Box::new(std::iter::from_fn(move || {
        let mut piece = texts.next()?;
        while piece.chars().count() < PIECE
            && let Some(more) = texts.next()
        {
            piece.push_str(&more);
        }
        let last = texts.peek().is_none();
        let chunk = json!({
            "outputText": piece,
            "index": 0,
            "totalOutputTextTokenCount": last.then_some(usage.output),
            "completionReason": last.then_some(reason),
            "inputTextTokenCount": first.then_some(usage.input),
        });
        first = false;
        Some(chunk)
    }))
}

/// `FINISH` and `LENGTH` were recorded; the third is documented.
fn reason(stop: &StopReason) -> &'static str {
    match stop {
        StopReason::MaxTokens | StopReason::ContextWindowExceeded => "LENGTH",
        StopReason::StopSequence(_) => "STOP_CRITERIA_MET",
        StopReason::ContentFiltered => "CONTENT_FILTERED",
        _ => "FINISH",
    }
}
