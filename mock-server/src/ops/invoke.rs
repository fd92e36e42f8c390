//! What InvokeModel and InvokeModelWithResponseStream share: model, dialect, body, reply.

use std::borrow::Cow;

use serde_json::Value;

use super::Call;
use super::context_window;
use super::invoke_judge::look_over;
use super::prompt_cache::settle;
use super::rules::provider;
use super::scripted::Played;
use crate::behaviour::pictures::draw;
use crate::behaviour::ranking::rank;
use crate::behaviour::vectors::embed;
use crate::behaviour::{Reply, StopReason, reply};
use crate::providers::{Ask, Dialect, Request, Said, broken_schema, dialect};
use crate::state::catalogue::{CacheHeaders, Family};
use crate::wire::rows;
use crate::wire::{Answer, ApiError};

/// An answered call, before it is written.
pub(super) struct Invoked<'a> {
    pub(super) model: String,
    pub(super) family: &'a Family,
    pub(super) dialect: &'static Dialect,
    pub(super) body: Value,
    pub(super) said: Said,
    pub(super) cache_point: bool,
}

/// An answer in the family's words, or one that is given as it is: by a scenario, or a refusal that
/// stands inside a stream.
pub(super) enum Turned<'a> {
    Invoked(Box<Invoked<'a>>),
    Raw(Answer),
}

/// Headers of the request that the answer repeats, by the service model. Their place behind the other
/// headers is assumed.
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
pub(super) fn invoke<'a>(call: &Call<'a>) -> Result<Turned<'a>, ApiError> {
    let id = call.input.text("modelId").unwrap_or_default();
    let resolved = call.resolve(id)?;
    call.notes.model(&resolved);
    call.admit_model(id, &resolved)?;
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
        context_window::fits(call, &resolved.id, conversation, Some(&body))
            .map_err(|refusal| provider::unframed(refusal, dialect.judge))?;
    }
    if let Some(answer) = look_over(call, &resolved, dialect, &body)? {
        return Ok(Turned::Raw(answer));
    }
    let scripted = match call.play(Some(&resolved), conversation)? {
        Played::Raw(answer) => return Ok(Turned::Raw(answer)),
        Played::Reply(reply) => Some(reply),
        Played::Default => None,
    };
    let (said, cache_point) = match ask {
        Ask::Chat(conversation) => {
            let habits = resolved.family.habits();
            let by_itself = || reply(&conversation, habits, &resolved.id, request.seed);
            let mut reply = scripted.unwrap_or_else(by_itself);
            settle(call, &resolved.id, &conversation, &mut reply)?;
            (Said::Reply(reply), conversation.cache_point)
        }
        Ask::Embed {
            subjects,
            dimension,
        } => (Said::Vectors(embed(&subjects, dimension)), false),
        Ask::Rerank {
            query,
            documents,
            top,
        } => (Said::Ranking(rank(&query, &documents, top)), false),
        Ask::Image(sketch) => (Said::Pictures(draw(&sketch)), false),
    };
    Ok(Turned::Invoked(Box::new(Invoked {
        model: resolved.id,
        family: resolved.family,
        dialect,
        body,
        said,
        cache_point,
    })))
}

/// The request as dialects see it.
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
    /// Whether cache counts are told beside the others.
    pub(super) fn tells_cache(&self) -> bool {
        match self.family.cache_headers {
            CacheHeaders::Never => false,
            CacheHeaders::CachePoint => self.cache_point,
            CacheHeaders::Always => true,
        }
    }
}

/// Not more output tokens than the model can give; the limit itself passes.
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

/// A guardrail is named by two headers together; members of the body that start with
/// `amazon-bedrock-` are the service's and never reach the provider. Guardrails are checked for form
/// and not applied.
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

/// The member that says, beside whatever the provider's body says, that a guardrail stepped in. Only
/// scripts say so.
pub(super) fn guardrail_action(reply: &Reply) -> Option<(String, Value)> {
    let stepped_in = reply.stop == StopReason::GuardrailIntervened;
    stepped_in.then(|| ("amazon-bedrock-guardrailAction".into(), "INTERVENED".into()))
}

/// JSON, or nothing said: boto3 and the AWS CLI send no content type unless told to.
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
