//! A reply in Converse's words, rendered to every provider's own form, whole and streamed.

use rstest::rstest;
use serde_json::{Value, json};

use crate::invoke::{invoke, invoke_stream};
use crate::scenarios::script::{CLAUDE, NOVA, lax};

const SONNET: &str = "us.anthropic.claude-sonnet-4-20250514-v1:0";

fn anthropic() -> Value {
    json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "stop_sequences": ["END"], "messages": [{"role": "user", "content": "x"}]})
}

fn nova() -> Value {
    json!({"messages": [{"role": "user", "content": [{"text": "x"}]}]})
}

fn openai() -> Value {
    json!({"messages": [{"role": "user", "content": "x"}]})
}

/// Tool, stop reason and counts.
fn call() -> Value {
    json!([{"name": "call", "reply": {
        "content": [
            {"text": "let me see"},
            {"toolUse": {"toolUseId": "call_1", "name": "get_weather"}, "chunks": ["{\"city\"", ": \"Bergen\"}"]},
        ],
        "usage": {"inputTokens": 11, "outputTokens": 22, "totalTokens": 33},
        "metrics": {"latencyMs": 44},
    }}])
}

#[tokio::test]
async fn anthropics_form() {
    let server = lax(call()).await;
    let whole = invoke(&server, CLAUDE, &anthropic()).await;
    assert_eq!((whole.input, whole.output), (11, 22));
    assert_eq!(
        whole.body["content"],
        json!([
            {"type": "text", "text": "let me see"},
            {"type": "tool_use", "id": "call_1", "name": "get_weather", "input": {"city": "Bergen"}},
        ])
    );
    assert_eq!(whole.body["stop_reason"], "tool_use");
    assert_eq!(whole.body["usage"]["output_tokens"], 22);

    let chunks = invoke_stream(&server, CLAUDE, &anthropic()).await;
    let json: Vec<&str> = chunks
        .iter()
        .filter_map(|c| c.pointer("/delta/partial_json")?.as_str())
        .collect();
    assert_eq!(json, ["{\"city\"", ": \"Bergen\"}"]);
    let start = chunks
        .iter()
        .find(|c| c["type"] == "content_block_start" && c["index"] == 1)
        .unwrap();
    assert_eq!(
        start["content_block"],
        json!({"type": "tool_use", "id": "call_1", "name": "get_weather", "input": {}})
    );
    assert!(
        chunks
            .iter()
            .any(|c| c.pointer("/delta/stop_reason") == Some(&json!("tool_use")))
    );
    let metrics = &chunks.last().unwrap()["amazon-bedrock-invocationMetrics"];
    assert_eq!(
        (
            &metrics["inputTokenCount"],
            &metrics["outputTokenCount"],
            &metrics["invocationLatency"]
        ),
        (&json!(11), &json!(22), &json!(44))
    );
}

#[tokio::test]
async fn anthropics_reasoning_and_stop_sequence() {
    let server = lax(json!([{"name": "it", "reply": {
        "content": [
            {"reasoningContent": {"reasoningText": {"text": "hmm", "signature": "c2ln"}}, "chunks": ["h", "mm"]},
            {"reasoningContent": {"redactedContent": "cmVk"}},
            {"text": "so"},
        ],
        "stopReason": "stop_sequence",
    }}]))
    .await;
    let whole = invoke(&server, SONNET, &anthropic()).await.body;
    assert_eq!(
        whole["content"],
        json!([
            {"type": "thinking", "thinking": "hmm", "signature": "c2ln"},
            {"type": "redacted_thinking", "data": "cmVk"},
            {"type": "text", "text": "so"},
        ])
    );
    assert_eq!(
        (&whole["stop_reason"], &whole["stop_sequence"]),
        (&json!("stop_sequence"), &json!("END"))
    );
    let chunks = invoke_stream(&server, SONNET, &anthropic()).await;
    let deltas: Vec<&Value> = chunks
        .iter()
        .filter(|c| c["type"] == "content_block_delta")
        .map(|c| &c["delta"])
        .collect();
    assert_eq!(
        deltas,
        [
            &json!({"type": "thinking_delta", "thinking": "h"}),
            &json!({"type": "thinking_delta", "thinking": "mm"}),
            &json!({"type": "signature_delta", "signature": "c2ln"}),
            &json!({"type": "text_delta", "text": "so"}),
        ]
    );
}

#[tokio::test]
async fn novas_form() {
    let server = lax(call()).await;
    let whole = invoke(&server, NOVA, &nova()).await;
    assert_eq!((whole.input, whole.output), (11, 22));
    assert_eq!(
        whole.body["output"]["message"]["content"],
        json!([
            {"text": "let me see"},
            {"toolUse": {"name": "get_weather", "toolUseId": "call_1", "input": {"city": "Bergen"}}},
        ])
    );
    assert_eq!(whole.body["stopReason"], "tool_use");
    let chunks = invoke_stream(&server, NOVA, &nova()).await;
    let json: Vec<&str> = chunks
        .iter()
        .filter_map(|c| {
            c.pointer("/contentBlockDelta/delta/toolUse/input")?
                .as_str()
        })
        .collect();
    assert_eq!(json, ["{\"city\"", ": \"Bergen\"}"]);
    assert!(
        chunks
            .iter()
            .any(|c| c.pointer("/messageStop/stopReason") == Some(&json!("tool_use")))
    );
}

#[rstest]
#[case::mistral("mistral.mistral-large-2402-v1:0")]
#[case::qwen("qwen.qwen3-32b-v1:0")]
#[tokio::test]
async fn openais_form(#[case] model: &str) {
    let server = lax(call()).await;
    let whole = invoke(&server, model, &openai()).await.body;
    let choice = &whole["choices"][0];
    let reason = choice
        .get("finish_reason")
        .or_else(|| choice.get("stop_reason"))
        .unwrap();
    assert_eq!(reason, "tool_calls", "{whole}");
    let called = &choice["message"]["tool_calls"][0];
    assert_eq!(
        (&called["id"], &called["function"]["name"]),
        (&json!("call_1"), &json!("get_weather"))
    );
    let arguments: Value =
        serde_json::from_str(called["function"]["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(arguments, json!({"city": "Bergen"}));
}

#[tokio::test]
async fn openais_stream() {
    let server = lax(call()).await;
    let chunks = invoke_stream(&server, "qwen.qwen3-32b-v1:0", &openai()).await;
    let calls: Vec<&Value> = chunks
        .iter()
        .filter_map(|c| c.pointer("/choices/0/delta/tool_calls/0"))
        .collect();
    assert_eq!(calls[0]["id"], "call_1");
    let arguments: Vec<&str> = calls
        .iter()
        .map(|c| c["function"]["arguments"].as_str().unwrap())
        .collect();
    assert_eq!(arguments, ["{\"city\"", ": \"Bergen\"}"]);
}

#[tokio::test]
async fn coheres_form() {
    let server = lax(call()).await;
    let body = json!({"message": "x"});
    let whole = invoke(&server, "cohere.command-r-v1:0", &body).await.body;
    assert_eq!(whole["text"], "let me see");
    assert_eq!(
        whole["tool_calls"],
        json!([{"name": "get_weather", "parameters": {"city": "Bergen"}}])
    );
    let chunks = invoke_stream(&server, "cohere.command-r-v1:0", &body).await;
    let called = chunks
        .iter()
        .find(|c| c["event_type"] == "tool-calls-generation")
        .unwrap();
    assert_eq!(called["tool_calls"], whole["tool_calls"]);
}

/// Families that know only text tell the text, and all of them count as the script says.
#[rstest]
#[case::llama("meta.llama3-70b-instruct-v1:0", json!({"prompt": "x"}), "/generation")]
#[case::titan("amazon.titan-text-express-v1", json!({"inputText": "x"}), "/results/0/outputText")]
#[case::mistral("mistral.mistral-7b-instruct-v0:2", json!({"prompt": "x"}), "/outputs/0/text")]
#[case::jamba("ai21.jamba-1-5-large-v1:0", json!({"messages": [{"role": "user", "content": "x"}]}), "/choices/0/message/content")]
#[case::deepseek("us.deepseek.r1-v1:0", json!({"prompt": "x"}), "/choices/0/text")]
#[case::command("cohere.command-text-v14", json!({"prompt": "x"}), "/generations/0/text")]
#[tokio::test]
async fn texts(#[case] model: &str, #[case] body: Value, #[case] pointer: &str) {
    let server = lax(json!([{"name": "it", "reply": {
        "text": "scripted", "stopReason": "max_tokens",
        "usage": {"inputTokens": 11, "outputTokens": 22, "totalTokens": 33},
    }}]))
    .await;
    let whole = invoke(&server, model, &body).await;
    let text = whole
        .body
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default();
    assert_eq!(text.trim(), "scripted", "{}", whole.body);
    assert_eq!((whole.input, whole.output), (11, 22));
    let chunks = invoke_stream(&server, model, &body).await;
    let metrics = chunks
        .iter()
        .find_map(|c| c.get("amazon-bedrock-invocationMetrics"))
        .unwrap();
    assert_eq!(metrics["outputTokenCount"], 22);
}
