//! Token counts in the form that a model's answers have.

use serde_json::{Map, Value, json};

use crate::behaviour::{Reply, Usage};
use crate::state::catalogue::{CacheCounts, UsageForm, WriteCounts};

/// Members that every `usage` has by the model.
const REQUIRED: &[&str] = &["inputTokens", "outputTokens", "totalTokens"];

/// `usage`, or what a script says in its place.
pub(super) fn of_reply(form: UsageForm, reply: &Reply, cache_point: bool, stream: bool) -> Value {
    let said = reply.scripted.as_ref().and_then(|said| said.usage.as_ref());
    let Some(Value::Object(said)) = said else {
        return usage(form, reply.usage, cache_point, stream);
    };
    // Whole ones, such as recorded ones, are told as they are; others are filled up.
    if REQUIRED.iter().all(|name| said.contains_key(*name)) {
        return Value::Object(said.clone());
    }
    let mut all = usage(form, reply.usage, cache_point, stream);
    for (name, value) in said {
        all[name] = value.clone();
    }
    all
}

fn usage(form: UsageForm, usage: Usage, cache_point: bool, stream: bool) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: u64| out.insert(name.into(), value.into());
    put("inputTokens", usage.input);
    put("outputTokens", usage.output);
    put("totalTokens", usage.total());
    let counted = match form.cache_counts {
        CacheCounts::Never => false,
        CacheCounts::CachePoint => cache_point,
        // Streams leave the counts out unless the request had a cache point.
        CacheCounts::Always => !stream || cache_point,
    };
    if counted {
        // The service sends the modelled names and their twins, always equal.
        put("cacheReadInputTokens", usage.cache_read);
        put("cacheReadInputTokenCount", usage.cache_read);
        if form.write_counts == WriteCounts::Always
            || usage.cache_write > 0
            || (stream && cache_point)
        {
            put("cacheWriteInputTokens", usage.cache_write);
            put("cacheWriteInputTokenCount", usage.cache_write);
        }
        // Only Claude's whole answers tell how long what was written lives (recorded).
        if form.cache_counts == CacheCounts::Always && usage.cache_write > 0 && !stream {
            out.insert("cacheDetails".into(), details(usage));
        }
    }
    let unary = form.server_tool_usage;
    if if stream {
        form.stream_server_tool_usage.unwrap_or(unary)
    } else {
        unary
    } {
        out.insert("serverToolUsage".into(), json!({}));
    }
    Value::Object(out)
}

fn details(usage: Usage) -> Value {
    let minutes = usage.cache_write - usage.cache_write_hour;
    [(usage.cache_write_hour, "1h"), (minutes, "5m")]
        .into_iter()
        .filter(|(tokens, _)| *tokens > 0)
        .map(|(tokens, ttl)| json!({ "inputTokens": tokens, "ttl": ttl }))
        .collect()
}
