//! Token counts in the form that a model's answers have.

use serde::Serialize;
use serde_json::Value;

use crate::behaviour::{Reply, Usage};
use crate::state::catalogue::{CacheCounts, UsageForm, WriteCounts};

/// Members that every `usage` has by the model.
const REQUIRED: &[&str] = &["inputTokens", "outputTokens", "totalTokens"];

/// `usage`.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum UsageBody {
    /// As the mock counts.
    Counted(Counts),
    /// As a script gives it.
    Scripted(Value),
}

/// The service sends the modelled names of cache counts and their twins, always equal.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counts {
    input_tokens: u64,
    output_tokens: u64,
    total_tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_read_input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_read_input_token_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_write_input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_write_input_token_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_details: Option<Vec<CacheDetail>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_tool_usage: Option<ServerToolUsage>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CacheDetail {
    input_tokens: u64,
    ttl: &'static str,
}

/// An empty object.
#[derive(Serialize)]
struct ServerToolUsage {}

/// Returns `usage`, or what a script gives in its place.
pub(super) fn of_reply(
    form: UsageForm,
    reply: &Reply,
    cache_point: bool,
    stream: bool,
) -> UsageBody {
    let counts = || counts(form, reply.usage, cache_point, stream);
    let scripted = reply.scripted.as_ref().and_then(|s| s.usage.as_ref());
    let Some(Value::Object(scripted)) = scripted else {
        return UsageBody::Counted(counts());
    };
    // Complete ones, such as recorded ones, are repeated as they are; others are filled up.
    if REQUIRED.iter().all(|name| scripted.contains_key(*name)) {
        return UsageBody::Scripted(Value::Object(scripted.clone()));
    }
    let mut all = serde_json::to_value(counts()).unwrap_or_default();
    for (name, value) in scripted {
        all[name] = value.clone();
    }
    UsageBody::Scripted(all)
}

fn counts(form: UsageForm, usage: Usage, cache_point: bool, stream: bool) -> Counts {
    let counted = match form.cache_counts {
        CacheCounts::Never => false,
        CacheCounts::CachePoint => cache_point,
        // Streams leave the counts out unless the request had a cache point.
        CacheCounts::Always => !stream || cache_point,
    };
    let written = counted
        && (form.write_counts == WriteCounts::Always
            || usage.cache_write > 0
            || (stream && cache_point));
    // Only Claude's unary answers say how long what was written lives (recorded).
    let detailed =
        counted && form.cache_counts == CacheCounts::Always && usage.cache_write > 0 && !stream;
    let unary = form.server_tool_usage;
    let server_tools = match stream {
        true => form.stream_server_tool_usage.unwrap_or(unary),
        false => unary,
    };
    let read = counted.then_some(usage.cache_read);
    let write = written.then_some(usage.cache_write);
    Counts {
        input_tokens: usage.input,
        output_tokens: usage.output,
        total_tokens: usage.total(),
        cache_read_input_tokens: read,
        cache_read_input_token_count: read,
        cache_write_input_tokens: write,
        cache_write_input_token_count: write,
        cache_details: detailed.then(|| details(usage)),
        server_tool_usage: server_tools.then_some(ServerToolUsage {}),
    }
}

fn details(usage: Usage) -> Vec<CacheDetail> {
    let minutes = usage.cache_write - usage.cache_write_hour;
    [(usage.cache_write_hour, "1h"), (minutes, "5m")]
        .into_iter()
        .filter(|(tokens, _)| *tokens > 0)
        .map(|(input_tokens, ttl)| CacheDetail { input_tokens, ttl })
        .collect()
}
