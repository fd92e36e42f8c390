//! The prompt cache over a socket: what is written, what is read, and how each answer tells it.
//! Expiry is a matter of the clock, which the unit tests of `behaviour::cache` turn. Long,
//! because Converse, its streams and each body of InvokeModel tell the same counts in forms of their own.

use crate::account::{Account, label};
use crate::invoke::{frames, invoke, invoke_stream, path};
use crate::wire::{exchange, post};
use base64::Engine as _;
use bedrock_mock::MockServer;
use serde_json::{Value, json};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const CLAUDE_BASE: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const NOVA: &str = "us.amazon.nova-lite-v1:0";

/// A text of some 3,000 tokens that no other test has.
fn long(name: &str) -> String {
    format!("{name} knows a lot. ").repeat(600)
}

fn ask(system: &str, point: &Value) -> Value {
    json!({
        "system": [{"text": system}, {"cachePoint": point}],
        "messages": [{"role": "user", "content": [{"text": "Hello"}]}],
    })
}

async fn usage(server: &MockServer, model: &str, body: &Value) -> Value {
    let answer = exchange(
        server,
        &post(server, &path(model, "converse"), &body.to_string()),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["usage"].clone()
}

async fn stream_usage(server: &MockServer, model: &str, body: &Value) -> Value {
    let path = path(model, "converse-stream");
    let answer = exchange(server, &post(server, &path, &body.to_string())).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    frames(&answer.body).last().unwrap().1["usage"].clone()
}

fn n(usage: &Value, name: &str) -> u64 {
    usage[name]
        .as_u64()
        .unwrap_or_else(|| panic!("{name} of {usage}"))
}

fn names(usage: &Value) -> Vec<&str> {
    usage
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// The members in which a recorded pair of Claude answers differs: `cacheDetails` with the write
/// alone. The sums are those of the recordings too.
#[tokio::test]
async fn claude_writes_and_then_reads() {
    let server = MockServer::start().await.unwrap();
    let ask = ask(&long("Unary"), &json!({"type": "default"}));
    let first = usage(&server, CLAUDE, &ask).await;
    let written = n(&first, "cacheWriteInputTokens");
    assert!(written >= 1024, "{first}");
    assert_eq!(
        first["cacheDetails"],
        json!([{"inputTokens": written, "ttl": "5m"}])
    );
    assert_eq!(n(&first, "cacheReadInputTokens"), 0);
    let second = usage(&server, CLAUDE, &ask).await;
    assert_eq!(n(&second, "cacheReadInputTokens"), written);
    assert_eq!(n(&second, "cacheWriteInputTokens"), 0);
    let all = [
        "cacheReadInputTokenCount",
        "cacheReadInputTokens",
        "cacheWriteInputTokenCount",
        "cacheWriteInputTokens",
        "inputTokens",
        "outputTokens",
        "serverToolUsage",
        "totalTokens",
    ];
    assert_eq!(names(&second), all);
    assert_eq!(names(&first), [&["cacheDetails"][..], &all].concat());
    for usage in [&first, &second] {
        assert_eq!(
            usage["cacheReadInputTokenCount"],
            usage["cacheReadInputTokens"]
        );
        assert_eq!(
            usage["cacheWriteInputTokenCount"],
            usage["cacheWriteInputTokens"]
        );
        let parts = [
            "inputTokens",
            "outputTokens",
            "cacheReadInputTokens",
            "cacheWriteInputTokens",
        ];
        let sum: u64 = parts.iter().map(|part| n(usage, part)).sum();
        assert_eq!(n(usage, "totalTokens"), sum);
    }
    // CountTokens knows no cache.
    let count = json!({"input": {"converse": ask}}).to_string();
    let counted = exchange(
        &server,
        &post(&server, &path(CLAUDE_BASE, "count-tokens"), &count),
    )
    .await;
    let counted = counted.json()["inputTokens"].as_u64().unwrap();
    assert_eq!(counted, n(&first, "inputTokens") + written);
    assert_eq!(counted, n(&second, "inputTokens") + written);
}

/// Streams tell all four counts and no details (recorded for Claude 3.7 and Nova), and share the
/// cache with whole answers and with the base id.
#[tokio::test]
async fn streams_tell_counts_and_no_details() {
    let server = MockServer::start().await.unwrap();
    for model in [CLAUDE, NOVA, "us.anthropic.claude-sonnet-5"] {
        let ask = ask(&long("Streamed"), &json!({"type": "default"}));
        let first = stream_usage(&server, model, &ask).await;
        let written = n(&first, "cacheWriteInputTokens");
        assert!(written >= 1000, "{model} {first}");
        assert!(first.get("cacheDetails").is_none(), "{first}");
        let second = stream_usage(&server, model, &ask).await;
        assert_eq!(n(&second, "cacheReadInputTokens"), written, "{model}");
        assert_eq!(n(&second, "cacheWriteInputTokenCount"), 0, "{model}");
        let whole = usage(&server, model, &ask).await;
        assert_eq!(n(&whole, "cacheReadInputTokens"), written, "{model}");
        assert!(whole.get("cacheDetails").is_none(), "{whole}");
    }
}

#[tokio::test]
async fn families_differ_in_what_they_tell() {
    let server = MockServer::start().await.unwrap();
    let nova = usage(
        &server,
        NOVA,
        &ask(&long("Nova"), &json!({"type": "default"})),
    )
    .await;
    assert!(n(&nova, "cacheWriteInputTokens") >= 1000);
    assert!(nova.get("cacheDetails").is_none(), "{nova}");
    let plain = json!({"messages": [{"role": "user", "content": [{"text": "Hello"}]}]});
    let nova = usage(&server, NOVA, &plain).await;
    assert_eq!(
        names(&nova),
        [
            "inputTokens",
            "outputTokens",
            "serverToolUsage",
            "totalTokens"
        ]
    );
    // Newer Claude leaves out the write counts where nothing was written.
    let five = "us.anthropic.claude-sonnet-5";
    let ask = ask(&long("Five"), &json!({"type": "default"}));
    assert!(n(&usage(&server, five, &ask).await, "cacheWriteInputTokens") > 0);
    let second = usage(&server, five, &ask).await;
    assert!(second.get("cacheWriteInputTokens").is_none(), "{second}");
    assert!(n(&second, "cacheReadInputTokens") > 0);
}

#[tokio::test]
async fn an_hour_and_five_minutes_are_told_apart() {
    let server = MockServer::start().await.unwrap();
    let mut ask = ask(&long("Hour"), &json!({"type": "default", "ttl": "1h"}));
    ask["messages"][0]["content"] =
        json!([{"text": long("Minutes")}, {"cachePoint": {"type": "default"}}, {"text": "Well?"}]);
    let first = usage(&server, CLAUDE, &ask).await;
    let details = first["cacheDetails"].as_array().unwrap();
    assert_eq!(details[0]["ttl"], "1h");
    assert_eq!(details[1]["ttl"], "5m");
    let parts: u64 = details.iter().map(|d| n(d, "inputTokens")).sum();
    assert_eq!(parts, n(&first, "cacheWriteInputTokens"));
}

#[tokio::test]
async fn short_prompts_and_other_accounts_read_nothing() {
    let server = MockServer::start().await.unwrap();
    let short = ask("Be brief", &json!({"type": "default"}));
    for _ in 0..2 {
        let usage = usage(&server, CLAUDE, &short).await;
        assert_eq!(
            n(&usage, "cacheWriteInputTokens") + n(&usage, "cacheReadInputTokens"),
            0
        );
        assert!(usage.get("cacheDetails").is_none());
    }
    let long = ask(&long("Shared"), &json!({"type": "default"}));
    let path = format!("/model/{}/converse", label(CLAUDE));
    for account in ["111122223333", "444455556666"] {
        let account = Account::new(&server, account);
        let said = account.post(&path, long.clone()).await.ok();
        assert_eq!(said["usage"]["cacheReadInputTokens"], 0);
        let said = account.post(&path, long.clone()).await.ok();
        assert_eq!(said["usage"]["cacheWriteInputTokens"], 0);
    }
}

/// A request that is refused, be it inside a stream, caches nothing.
#[tokio::test]
async fn refused_requests_cache_nothing() {
    let server = MockServer::start().await.unwrap();
    let mut bad = ask(&long("Refused"), &json!({"type": "default"}));
    let text = base64::engine::general_purpose::STANDARD.encode("not an image");
    let image = json!({"image": {"format": "png", "source": {"bytes": text}}});
    bad["messages"][0]["content"]
        .as_array_mut()
        .unwrap()
        .push(image);
    for operation in ["converse-stream", "converse"] {
        exchange(
            &server,
            &post(&server, &path(NOVA, operation), &bad.to_string()),
        )
        .await;
    }
    bad["messages"][0]["content"].as_array_mut().unwrap().pop();
    assert_eq!(
        n(&usage(&server, NOVA, &bad).await, "cacheReadInputTokens"),
        0
    );
}

#[tokio::test]
async fn models_without_a_cache_refuse_points() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, "123456789012");
    let ask = ask(&long("None"), &json!({"type": "default"}));
    for operation in ["converse", "converse-stream"] {
        let path = format!("/model/{}/{operation}", label("qwen.qwen3-32b-v1:0"));
        let (status, error, message) = account.post(&path, ask.clone()).await.refusal();
        assert_eq!((status, error.as_str()), (403, "AccessDeniedException"));
        assert!(
            message.contains("did not allow prompt caching"),
            "{message}"
        );
    }
}

fn body(text: &str, mark: &Value) -> Value {
    json!({
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": [{"type": "text", "text": text, "cache_control": mark}]}],
    })
}

/// As recorded: a conversation whose only mark moves on reads what the turn before wrote.
#[tokio::test]
async fn anthropic_bodies_move_their_mark_on() {
    let server = MockServer::start().await.unwrap();
    let mark = json!({"type": "ephemeral"});
    let mut ask = body(&long("Anthropic"), &mark);
    let first = invoke(&server, CLAUDE, &ask).await;
    let usage = &first.body["usage"];
    let written = n(usage, "cache_creation_input_tokens");
    assert!(written >= 1024, "{usage}");
    assert_eq!(
        usage["cache_creation"],
        json!({"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0})
    );
    assert_eq!(first.input, n(usage, "input_tokens"));
    let messages = ask["messages"].as_array_mut().unwrap();
    messages[0]["content"][0]
        .as_object_mut()
        .unwrap()
        .remove("cache_control");
    messages.push(json!({"role": "assistant", "content": "Hello"}));
    messages.push(json!({"role": "user", "content": [{"type": "text", "text": "And now?", "cache_control": mark}]}));
    let answer = exchange(
        &server,
        &post(&server, &path(CLAUDE, "invoke"), &ask.to_string()),
    )
    .await;
    let usage = answer.json()["usage"].clone();
    assert_eq!(n(&usage, "cache_read_input_tokens"), written);
    let header = |name: &str| -> u64 {
        answer
            .header(&format!("X-Amzn-Bedrock-{name}-Token-Count"))
            .unwrap()
            .parse()
            .unwrap()
    };
    assert_eq!(header("Cache-Read-Input"), written);
    assert_eq!(
        header("Cache-Write-Input"),
        n(&usage, "cache_creation_input_tokens")
    );
    assert_eq!(header("Input"), n(&usage, "input_tokens"));
    let chunks = invoke_stream(&server, CLAUDE, &ask).await;
    let all = written + n(&usage, "cache_creation_input_tokens");
    assert_eq!(
        chunks[0]["message"]["usage"]["cache_read_input_tokens"],
        all
    );
    let metrics = &chunks.last().unwrap()["amazon-bedrock-invocationMetrics"];
    assert_eq!(metrics["cacheReadInputTokenCount"], all);
    assert_eq!(metrics["cacheWriteInputTokenCount"], 0);
    assert_eq!(metrics["inputTokenCount"], n(&usage, "input_tokens"));
    // CountTokens knows no cache.
    let text = base64::engine::general_purpose::STANDARD.encode(ask.to_string());
    let count = json!({"input": {"invokeModel": {"body": text}}}).to_string();
    let counted = exchange(
        &server,
        &post(&server, &path(CLAUDE_BASE, "count-tokens"), &count),
    )
    .await;
    assert_eq!(
        counted.json()["inputTokens"],
        all + n(&usage, "input_tokens")
    );
}

#[tokio::test]
async fn anthropic_marks_stand_anywhere_in_order() {
    let server = MockServer::start().await.unwrap();
    let hour = json!({"type": "ephemeral", "ttl": "1h"});
    let mut ask = body("Hello", &json!({"type": "ephemeral"}));
    ask["tools"] = json!([{"name": "look", "description": "d", "input_schema": {"type": "object", "title": long("Tool")}, "cache_control": hour}]);
    ask["system"] = json!([{"type": "text", "text": long("System"), "cache_control": hour}]);
    let usage = &invoke(&server, CLAUDE, &ask).await.body["usage"];
    let hours = n(&usage["cache_creation"], "ephemeral_1h_input_tokens");
    assert!(hours > 2048, "{usage}");
    assert!(n(usage, "cache_creation_input_tokens") > hours);
    // Another system prompt still reads the tools.
    ask["system"][0]["text"] = "Other".into();
    let usage = &invoke(&server, CLAUDE, &ask).await.body["usage"];
    let read = n(usage, "cache_read_input_tokens");
    assert!(read > 1024 && read < hours, "{usage}");
}

#[tokio::test]
async fn anthropic_refuses_in_its_own_words() {
    let server = MockServer::start().await.unwrap();
    let account = Account::new(&server, "123456789012");
    let path = |model: &str| format!("/model/{}/invoke", label(model));
    let minutes = json!({"type": "ephemeral"});
    let mut five = body("Hello", &minutes);
    let block = five["messages"][0]["content"][0].clone();
    five["messages"][0]["content"] = json!([block, block, block, block, block]);
    let refused = account.post(&path(CLAUDE), five).await.refusal();
    assert_eq!(
        (refused.0, refused.2.as_str()),
        (
            400,
            "A maximum of 4 blocks with cache_control may be provided. Found 5."
        )
    );
    let mut late = body("Hello", &json!({"type": "ephemeral", "ttl": "1h"}));
    late["system"] = json!([{"type": "text", "text": "Be brief", "cache_control": minutes}]);
    let refused = account.post(&path(CLAUDE), late).await.refusal();
    let start = "messages.0.content.0.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.";
    assert!(refused.2.starts_with(start), "{refused:?}");
    // The body's own mark is for newer models.
    let mut whole = body(&long("Whole"), &Value::Null);
    whole["cache_control"] = minutes;
    let refused = account.post(&path(CLAUDE), whole.clone()).await.refusal();
    assert_eq!(refused.2, "cache_control: Extra inputs are not permitted");
    let said = account
        .post(&path("us.anthropic.claude-sonnet-5"), whole)
        .await
        .ok();
    assert!(n(&said["usage"], "cache_creation_input_tokens") > 1024);
    let refused = account
        .post(
            &path("anthropic.claude-3-haiku-20240307-v1:0"),
            body("Hello", &json!({"type": "ephemeral"})),
        )
        .await
        .refusal();
    assert_eq!(refused.1, "AccessDeniedException");
}

/// A point is a member of a text in Nova's own bodies; nothing else may have one.
#[tokio::test]
async fn nova_texts_carry_points() {
    let server = MockServer::start().await.unwrap();
    let point = json!({"type": "default"});
    let mut ask = json!({
        "system": [{"text": long("Carried"), "cachePoint": point}],
        "messages": [{"role": "user", "content": [{"cachePoint": point, "text": "Hello"}]}],
    });
    let first = invoke(&server, NOVA, &ask).await;
    let written = n(&first.body["usage"], "cacheWriteInputTokenCount");
    let text = first.body["output"]["message"]["content"][0]["text"].clone();
    assert!(text.as_str().unwrap().contains("Hello\""), "{text}");
    ask["messages"][0]["content"] = json!([{"text": "Hello"}]);
    let second = invoke(&server, NOVA, &ask).await;
    let read = n(&second.body["usage"], "cacheReadInputTokenCount");
    assert!(read > 1000 && read < written, "{read} {written}");

    let account = Account::new(&server, "123456789012");
    let path = format!("/model/{}/invoke", label(NOVA));
    let image = json!({"image": {"format": "png", "source": {"bytes": ""}}, "cachePoint": point});
    ask["messages"][0]["content"] = json!([{"text": "Hello"}, image]);
    let refused = account.post(&path, ask.clone()).await.refusal();
    assert_eq!(
        refused.2,
        "Malformed input request: #/messages/0/content/1: extraneous key [cachePoint] is not permitted, please reformat your input and try again."
    );
    ask["messages"][0]["content"] = json!([{"text": "Hello"}]);
    ask["toolConfig"] = json!({"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": {"type": "object"}}}}, {"cachePoint": point}]});
    let refused = account.post(&path, ask).await.refusal();
    assert_eq!(
        refused.2,
        "Malformed input request: #/toolConfig/tools/1: extraneous key [cachePoint] is not permitted, please reformat your input and try again."
    );
}

#[tokio::test]
async fn nova_bodies_have_points_too() {
    let server = MockServer::start().await.unwrap();
    let ask = ask(&long("Native"), &json!({"type": "default"}));
    let first = invoke(&server, NOVA, &ask).await;
    let written = n(&first.body["usage"], "cacheWriteInputTokenCount");
    assert!(written >= 1000, "{}", first.body);
    let second = invoke(&server, NOVA, &ask).await;
    assert_eq!(
        n(&second.body["usage"], "cacheReadInputTokenCount"),
        written
    );
    assert_eq!(second.input, first.input);
    let last = invoke_stream(&server, NOVA, &ask).await.pop().unwrap();
    assert_eq!(
        last["metadata"]["usage"]["cacheReadInputTokenCount"],
        written
    );
    assert_eq!(
        last["amazon-bedrock-invocationMetrics"]["cacheReadInputTokenCount"],
        written
    );
}
