//! Scenario documents made at random, and what judges them.

use bedrock_mock::app::App;
use bedrock_mock::config::Config;
use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Service models and catalogue as every mock has them.
pub(crate) fn app() -> App {
    App::new(Config::default()).unwrap()
}

pub(crate) fn schema() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(bedrock_mock::scenarios::SCHEMA).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// Scenarios that use every member of the format.
pub(crate) fn examples() -> Vec<Value> {
    vec![
        json!({"name": "text", "reply": {"text": "Hello {{lastUser}}"}}),
        json!({"name": "about", "about": "why", "match": {}, "reply": [{"text": "a", "times": 2}, {"content": ["b", {"text": "c"}]}], "times": 7}),
        json!({"name": "every clause", "match": {
            "operation": ["Converse", "InvokeModel"], "model": ["amazon.*", "*claude*"], "family": "nova",
            "account": "000000000042", "lastUser": {"regex": "^a+b"}, "system": {"equals": "s"}, "turn": 2,
            "toolResult": {"tool": "t", "content": {"contains": "x"}, "json": {"a": [1, null]}}, "tools": ["t", "u"],
            "body": {"": {}, "/inferenceConfig/maxTokens": 5, "/x": null}, "header": {"User-Agent": "boto", "x": {"equals": "y"}}, "stream": false,
        }, "reply": {"text": "x"}}),
        json!({"name": "plain clauses", "match": {"operation": "Converse", "model": "a", "tools": "t", "toolResult": false, "lastUser": "x"}, "reply": {"text": "x"}}),
        json!({"name": "recorded", "reply": {
            "output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}}, "stopReason": "end_turn",
            "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3, "cacheReadInputTokens": 0, "cacheReadInputTokenCount": 0, "serverToolUsage": {}, "cacheDetails": [{"inputTokens": 1, "ttl": "1h"}]},
            "metrics": {"latencyMs": 5}, "trace": {"guardrail": {}}, "additionalModelResponseFields": {"a": 1},
            "performanceConfig": {"latency": "standard"}, "serviceTier": {"type": "default"},
        }}),
        json!({"name": "blocks", "reply": {"content": [
            {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "c2ln"}}, "chunks": ["h", "m"]},
            {"reasoningContent": {"redactedContent": "cmVk"}},
            {"toolUse": {"name": "t"}, "chunks": ["{\"a\"", ": 1}"]},
            {"toolUse": {"toolUseId": "tooluse_1", "name": "t", "input": {"a": 1}, "type": "server_tool_use"}},
            {"toolResult": {"toolUseId": "tooluse_1", "content": [{"text": "x"}], "status": "success"}},
            {"citationsContent": {"content": [{"text": "q"}], "citations": [{"title": "t", "location": {"documentChar": {"documentIndex": 0, "start": 0, "end": 1}}}]}},
            {"image": {"format": "png", "source": {"bytes": "aGk="}}},
            {"cachePoint": {"type": "default"}},
            {"chunks": ["on", "ly"]},
        ]}}),
        json!({"name": "bytes", "match": {"operation": "GetUser"}, "reply": {"raw": {"status": 418, "headers": {"x-a": "b"}, "body": "<x/>"}}}),
        json!({"name": "base64", "reply": {"raw": {"bodyBase64": "AAECAw=="}}}),
        json!({"name": "json", "reply": {"raw": {"body": {"b": 1, "a": [null]}}}}),
        json!({"name": "events", "reply": {"raw": {"events": [{"event": "messageStart", "payload": {"role": "assistant"}}, {"exception": "throttlingException", "payload": "slow"}, {"event": "x"}]}}}),
        json!({"name": "fault", "fault": {"kind": "exception", "error": "ThrottlingException", "retryAfter": 1}}),
        json!({"name": "faults", "fault": [{"kind": "no-padding"}, {"kind": "duplicate-event", "index": 1}], "reply": [{"fault": {"kind": "delay", "ms": 1}}, {"pacing": {"gapsMs": [1, 2]}}, {"text": "t"}]}),
        json!({"name": "pace", "pacing": {"firstEventMs": 10, "eventsPerSecond": 20.5, "jitter": 0.5, "seed": 7}}),
    ]
}

pub(crate) fn document(scenarios: Vec<Value>) -> Value {
    json!({ "$schema": "scenarios.schema.json", "about": "tests", "scenarios": scenarios })
}

/// A document of some of the examples, wrong in a few places, or in none.
pub(crate) fn mutated(rng: &mut Rng) -> Value {
    let examples = examples();
    let count = rng.usize(1..4);
    let chosen = (0..count).map(|n| {
        let mut one = examples[rng.usize(..examples.len())].clone();
        one["name"] = format!("{n}").into();
        one
    });
    let mut document = document(chosen.collect());
    for _ in 0..rng.usize(0..4) {
        mutate(&mut document, rng, 0);
    }
    document
}

/// Changes one place, somewhere below.
fn mutate(value: &mut Value, rng: &mut Rng, depth: usize) {
    let here = depth > 1 && rng.u8(..4) == 0;
    match value {
        Value::Object(members) if !members.is_empty() && !here => {
            let name = members
                .keys()
                .nth(rng.usize(..members.len()))
                .unwrap()
                .clone();
            match if depth == 0 { 9 } else { rng.u8(..12) } {
                0 => {
                    members.shift_remove(&name);
                }
                1 => {
                    let value = members.shift_remove(&name).unwrap();
                    members.insert(word(rng), value);
                }
                2 => {
                    members.insert(word(rng), anything(rng, 0));
                }
                _ => mutate(members.get_mut(&name).unwrap(), rng, depth + 1),
            }
        }
        Value::Array(entries) if !entries.is_empty() && !here => {
            let at = rng.usize(..entries.len());
            match rng.u8(..8) {
                0 => {
                    entries.remove(at);
                }
                1 => entries.push(anything(rng, 0)),
                2 => {
                    let twin = entries[at].clone();
                    entries.push(twin);
                }
                _ => mutate(&mut entries[at], rng, depth + 1),
            }
        }
        other => *other = anything(rng, 0),
    }
}

/// Words that the format knows, and some that it does not.
fn word(rng: &mut Rng) -> String {
    const WORDS: &[&str] = &[
        "name",
        "match",
        "reply",
        "times",
        "fault",
        "pacing",
        "text",
        "content",
        "output",
        "message",
        "role",
        "stopReason",
        "usage",
        "metrics",
        "latencyMs",
        "raw",
        "body",
        "events",
        "event",
        "exception",
        "payload",
        "status",
        "headers",
        "toolUse",
        "toolResult",
        "reasoningContent",
        "chunks",
        "operation",
        "model",
        "family",
        "turn",
        "tools",
        "header",
        "stream",
        "equals",
        "regex",
        "kind",
        "jitter",
        "/a/b",
        "assistant",
        "Converse",
        "{{lastUser}}",
        "{{nothing}}",
        "{{",
        "(",
        "[a-z]+",
        "\u{0}",
        "é",
        "",
        " ",
        "x-y",
        "GetUser",
        "000000000001",
        "end_turn",
        "inputTokens",
        "document",
        "cachePoint",
        "null",
        "image",
        "json",
        "tool",
        "bodyBase64",
    ];
    WORDS[rng.usize(..WORDS.len())].to_owned()
}

fn anything(rng: &mut Rng, depth: usize) -> Value {
    match rng.u8(..if depth > 3 { 8 } else { 11 }) {
        0 => Value::Null,
        1 => rng.bool().into(),
        2 => 0.into(),
        3 => rng.i64(-3..4).into(),
        4 => [u64::MAX, 1 << 31, 600, 200, 12][rng.usize(..5)].into(),
        5 => (rng.f64() * 4.0 - 1.0).into(),
        6 | 7 => word(rng).into(),
        8 => (0..rng.usize(..3))
            .map(|_| anything(rng, depth + 1))
            .collect(),
        _ => {
            let members = (0..rng.usize(..4)).map(|_| (word(rng), anything(rng, depth + 1)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}
