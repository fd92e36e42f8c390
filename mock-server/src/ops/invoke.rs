//! What InvokeModel and InvokeModelWithResponseStream share: model, dialect, body, rules, reply.

use std::borrow::Cow;

use serde_json::Value;

use super::Call;
use super::context_window;
use super::inference::{Handled, admitted, called, reply};
use super::invoke_rules::check_body;
use super::prompt_cache::count_cached;
use super::rules::unframed;
use super::scripted::Scripted;
use crate::behaviour::pictures::draw;
use crate::behaviour::ranking::rank;
use crate::behaviour::vectors::embed;
use crate::behaviour::{Conversation, Reply, StopReason};
use crate::providers::{Ask, Dialect, Request, Said, broken_schema, dialect};
use crate::state::catalogue::{CacheHeaders, Family};
use crate::state::resolve::Resolved;
use crate::wire::ApiError;
use crate::wire::rows;

/// An answered call, before it is written.
pub(super) struct Invoked<'a> {
    pub(super) model: String,
    pub(super) family: &'a Family,
    pub(super) dialect: &'static Dialect,
    pub(super) body: Value,
    pub(super) said: Said,
    pub(super) cache_point: bool,
}

/// Returns the headers of the request that the answer repeats, by the service model. That they follow the
/// other headers is assumed.
pub(super) fn echoed(call: &Call<'_>) -> impl Iterator<Item = (Cow<'static, str>, String)> {
    let headers = [
        (
            "performanceConfigLatency",
            "X-Amzn-Bedrock-PerformanceConfig-Latency",
        ),
        ("serviceTier", "X-Amzn-Bedrock-Service-Tier"),
    ];
    headers.into_iter().filter_map(|(member, header)| {
        let value = call.input.text(member)?;
        Some((header.into(), value.to_owned()))
    })
}

/// Resolves the model, reads the body in its dialect and makes the reply.
pub(super) fn invoke<'a>(call: &Call<'a>) -> Result<Handled<Box<Invoked<'a>>>, ApiError> {
    let resolved = admitted(call, called(call))?;
    content_type(call)?;

    let raw = call.input.payload.clone().unwrap_or_default();
    let mut body: Value = serde_json::from_slice(&raw).map_err(|e| {
        ApiError::row(rows::runtime::MALFORMED_UNREADABLE)
            .hint(format!("the body is not JSON: {e}"))
    })?;
    if !body.is_object() {
        return Err(ApiError::row(rows::runtime::MALFORMED_UNREADABLE)
            .hint("the body is not a JSON object"));
    }
    guardrail(call, &mut body)?;
    let Some(dialect) = dialect(&resolved.id, &body) else {
        return Err(ApiError::row(rows::front_door::NOT_IMITATED).with(
            "operation",
            &format!("{} for {}", call.operation.name, resolved.id),
        ));
    };
    let request = request(call, &resolved.id, &body, resolved.family);
    if request.stream && dialect.chunks.is_none() {
        return Err(ApiError::row(rows::runtime::NO_STREAM));
    }
    if let Some(refusal) = broken_schema(dialect, &resolved.id, &body) {
        return Err(refusal);
    }
    let ask = (dialect.parse)(&request)?;
    output_cap(call, &resolved.id, &ask)?;
    let conversation = match &ask {
        Ask::Chat(conversation) => Some(conversation),
        _ => None,
    };
    if let Some(conversation) = conversation {
        let too_long = rows::runtime::INPUT_TOO_LONG;
        context_window::fits(call, &resolved.id, conversation, Some(&body), too_long)
            .map_err(|refusal| unframed(refusal, resolved.family.rules))?;
    }
    if let Some(answer) = check_body(call, &resolved, dialect, &body)? {
        return Ok(Handled::Answer(answer));
    }
    let (said, cache_point) = match answered(call, &resolved, ask)? {
        Handled::Content(answered) => answered,
        Handled::Answer(answer) => return Ok(Handled::Answer(answer)),
    };
    Ok(Handled::Content(Box::new(Invoked {
        model: resolved.id,
        family: resolved.family,
        dialect,
        body,
        said,
        cache_point,
    })))
}

/// Returns what is answered, and whether the request holds a cache point.
fn answered(
    call: &Call<'_>,
    resolved: &Resolved<'_>,
    ask: Ask,
) -> Result<Handled<(Said, bool)>, ApiError> {
    let said = match ask {
        Ask::Chat(conversation) => return replied(call, resolved, &conversation),
        Ask::Embed {
            subjects,
            dimension,
        } => Said::Vectors(embed(&subjects, dimension)),
        Ask::Rerank {
            query,
            documents,
            top,
        } => Said::Ranking(rank(&query, &documents, top)),
        Ask::Image(sketch) => Said::Pictures(draw(&sketch)),
    };
    Ok(match call.scripted(resolved, None)? {
        Scripted::Raw(answer) => Handled::Answer(answer),
        Scripted::Default | Scripted::Reply(_) => Handled::Content((said, false)),
    })
}

fn replied(
    call: &Call<'_>,
    resolved: &Resolved<'_>,
    conversation: &Conversation,
) -> Result<Handled<(Said, bool)>, ApiError> {
    Ok(match reply(call, resolved, conversation)? {
        Handled::Answer(answer) => Handled::Answer(answer),
        Handled::Content(mut reply) => {
            count_cached(call, &resolved.id, conversation, &mut reply)?;
            Handled::Content((Said::Reply(reply), conversation.cache_point))
        }
    })
}

/// Returns the request as dialects see it.
pub(super) fn request<'r>(
    call: &Call<'_>,
    model: &'r str,
    body: &'r Value,
    family: &'r Family,
) -> Request<'r> {
    let now = call
        .app
        .clock
        .now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| d.as_secs());
    Request {
        model,
        body,
        seed: call.request.seed(),
        now,
        family,
        stream: call.streams(),
    }
}

impl Invoked<'_> {
    /// Whether the answer has cache counts.
    pub(super) fn has_cache_counts(&self) -> bool {
        match self.family.cache_headers {
            CacheHeaders::Never => false,
            CacheHeaders::CachePoint => self.cache_point,
            CacheHeaders::Always => true,
        }
    }
}

/// Refuses more output tokens than the model can give; the limit itself passes.
fn output_cap(call: &Call<'_>, model: &str, ask: &Ask) -> Result<(), ApiError> {
    let Ask::Chat(conversation) = ask else {
        return Ok(());
    };
    let limit = call.app.catalogue.limits(model).max_output_tokens;
    match (conversation.settings.max_tokens, limit) {
        (Some(asked), Some(limit)) if asked > limit => {
            Err(ApiError::row(rows::runtime::MAX_TOKENS_ABOVE_CAP_INVOKE)
                .with("limit", &limit.to_string()))
        }
        _ => Ok(()),
    }
}

/// Checks the two headers that name a guardrail together, and removes the members of the body that start
/// with `amazon-bedrock-`: they are the service's and never reach the provider. Guardrails are not applied.
fn guardrail(call: &Call<'_>, body: &mut Value) -> Result<(), ApiError> {
    let id = call.input.text("guardrailIdentifier").is_some();
    let version = call.input.text("guardrailVersion").is_some();
    let Value::Object(members) = body else {
        return Ok(());
    };
    let configured = members.contains_key("amazon-bedrock-guardrailConfig");
    members.retain(|name, _| !name.starts_with("amazon-bedrock-"));
    match (id, version, configured) {
        (true, false, _) => Err(ApiError::row(rows::runtime::GUARDRAIL_VERSION_MISSING)),
        (false, true, _) | (false, _, true) => {
            Err(ApiError::row(rows::runtime::GUARDRAIL_IDENTIFIER_MISSING))
        }
        _ => Ok(()),
    }
}

/// Returns the member that reports in any provider's body that a guardrail intervened. Only scripts do so.
pub(super) fn guardrail_action(reply: &Reply) -> Option<(String, Value)> {
    let stepped_in = reply.stop == StopReason::GuardrailIntervened;
    stepped_in.then(|| ("amazon-bedrock-guardrailAction".into(), "INTERVENED".into()))
}

/// Accepts JSON or no content type: boto3 and the AWS CLI send none by default.
fn content_type(call: &Call<'_>) -> Result<(), ApiError> {
    let said = call.input.text("contentType").unwrap_or("application/json");
    let kind = said.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::row(rows::runtime::CONTENT_TYPE).with("type", said));
    }
    let accept = call.input.text("accept").unwrap_or("*/*");
    let fits = accept
        .split(',')
        .map(|a| a.split(';').next().unwrap_or_default().trim())
        .any(|a| {
            a.is_empty()
                || [
                    "*/*",
                    "application/*",
                    "application/json",
                    "application/vnd.amazon.eventstream",
                ]
                .iter()
                .any(|k| a.eq_ignore_ascii_case(k))
        });
    if fits {
        Ok(())
    } else {
        Err(ApiError::row(rows::runtime::ACCEPT_TYPE).with("type", accept))
    }
}
