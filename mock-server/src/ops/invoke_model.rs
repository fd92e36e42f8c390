//! InvokeModel: a provider's own body in, a provider's own body out.

use std::borrow::Cow;

use serde_json::Value;

use super::inference::Handled;
use super::invoke::{Invoked, echoed, guardrail_action, invoke, request};
use super::{Call, Output};
use crate::providers::Said;
use crate::wire::{Answer, ApiError};

pub(super) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let invoked = match invoke(call)? {
        Handled::Content(invoked) => *invoked,
        Handled::Answer(answer) => return Ok(answer.into()),
    };
    let asked = request(call, &invoked.model, &invoked.body, invoked.family);
    let mut body = (invoked.dialect.render)(&asked, &invoked.said);
    if let (Some(reply), Value::Object(members)) = (invoked.said.reply(), &mut body) {
        members.extend(guardrail_action(reply));
    }
    let mut answer = Answer::json(200, body.to_string());
    answer.headers = headers(&invoked);
    answer.headers.extend(echoed(call));
    Ok(answer.into())
}

/// Returns latency and token counts, in the recorded order. Vectors have no output tokens; documents and
/// pictures are not counted in tokens (recorded for documents, assumed for pictures).
fn headers(invoked: &Invoked<'_>) -> Vec<(Cow<'static, str>, String)> {
    let latency = |ms: u64| ("X-Amzn-Bedrock-Invocation-Latency".into(), ms.to_string());
    let input = |count: u64| ("X-Amzn-Bedrock-Input-Token-Count".into(), count.to_string());
    let reply = match &invoked.said {
        Said::Reply(reply) => reply,
        Said::Vectors(said) => return vec![latency(said.latency_ms), input(said.input_tokens)],
        Said::Ranking(said) => return vec![latency(said.latency_ms)],
        Said::Pictures(said) => return vec![latency(said.latency_ms)],
    };
    let usage = reply.usage;
    let mut out = vec![latency(reply.latency_ms)];
    if invoked.has_cache_counts() {
        out.push((
            "X-Amzn-Bedrock-Cache-Write-Input-Token-Count".into(),
            usage.cache_write.to_string(),
        ));
        out.push((
            "X-Amzn-Bedrock-Cache-Read-Input-Token-Count".into(),
            usage.cache_read.to_string(),
        ));
    }
    out.push((
        "X-Amzn-Bedrock-Output-Token-Count".into(),
        usage.output.to_string(),
    ));
    out.push(input(usage.input));
    out
}
