//! InvokeModelWithResponseStream: the provider's events, each base64 in a `chunk` frame.

use base64::Engine as _;
use serde_json::{Value, json};

use super::inference::Handled;
use super::invoke::{echoed, guardrail_action, invoke, request};
use super::stream::stream;
use super::{Call, Output};
use crate::providers::{Said, metrics, with_metrics};
use crate::wire::rows;
use crate::wire::{ApiError, Event};

pub(super) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let invoked = match invoke(call)? {
        Handled::Content(invoked) => *invoked,
        Handled::Answer(answer) => return Ok(answer.into()),
    };
    let (Some(chunks), Said::Reply(reply)) = (invoked.dialect.chunks, &invoked.said) else {
        return Err(ApiError::row(rows::runtime::NO_STREAM));
    };
    let metrics = metrics(reply.usage, reply.latency_ms, invoked.has_cache_counts());
    let asked = request(call, &invoked.model, &invoked.body, invoked.family);
    let mut chunks = chunks(&asked, reply.clone()).peekable();
    let mut action = guardrail_action(reply);
    // It is documented for the unary answer; that a stream's last chunk has it is assumed.
    let chunks = std::iter::from_fn(move || {
        let mut chunk = chunks.next()?;
        if let (None, Value::Object(members)) = (chunks.peek(), &mut chunk) {
            members.extend(action.take());
        }
        Some(chunk)
    });
    let chunks = with_metrics(Box::new(chunks), invoked.dialect.metrics, metrics);
    let events = chunks.map(|chunk| {
        let bytes = base64::engine::general_purpose::STANDARD.encode(chunk.to_string());
        Event::new("chunk", json!({ "bytes": bytes }))
    });
    let mut answer = stream(call, events);
    answer.headers = vec![(
        "X-Amzn-Bedrock-Content-Type".into(),
        "application/json".to_owned(),
    )];
    answer.headers.extend(echoed(call));
    Ok(answer.into())
}
