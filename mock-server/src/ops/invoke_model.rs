//! InvokeModel: a provider's own body in, a provider's own body out.

use super::Call;
use super::invoke::{Invoked, invoke, request};
use crate::wire::{Answer, ApiError};

pub(super) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
    let invoked = invoke(call)?;
    let asked = request(call, &invoked.model, &invoked.body, invoked.family);
    let body = (invoked.dialect.render)(&asked, &invoked.said);
    let mut answer = Answer::json(200, body.to_string());
    answer.headers = headers(&invoked);
    Ok(answer)
}

/// Latency and token counts, in the recorded order.
fn headers(invoked: &Invoked<'_>) -> Vec<(&'static str, String)> {
    let Some(reply) = invoked.said.reply() else {
        return Vec::new();
    };
    let usage = reply.usage;
    let mut out = vec![(
        "X-Amzn-Bedrock-Invocation-Latency",
        reply.latency_ms.to_string(),
    )];
    if invoked.tells_cache() {
        out.push((
            "X-Amzn-Bedrock-Cache-Write-Input-Token-Count",
            usage.cache_write.to_string(),
        ));
        out.push((
            "X-Amzn-Bedrock-Cache-Read-Input-Token-Count",
            usage.cache_read.to_string(),
        ));
    }
    out.push((
        "X-Amzn-Bedrock-Output-Token-Count",
        usage.output.to_string(),
    ));
    out.push(("X-Amzn-Bedrock-Input-Token-Count", usage.input.to_string()));
    out
}
