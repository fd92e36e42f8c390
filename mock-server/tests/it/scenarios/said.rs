//! What a scripted reply says through Converse: content, stop reasons, counts, quotes of the request.

use serde_json::{Value, json};

use crate::account::Account;
use crate::scenarios::script::{ACCOUNT, CLAUDE, answered, converse, events, lax, put, said, user};

#[tokio::test]
async fn a_recorded_answer_comes_back_as_it_was() {
    let recorded = json!({
        "output": {"message": {"role": "assistant", "content": [
            {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "c2ln"}}},
            {"text": "Hi"},
            {"toolUse": {"toolUseId": "tooluse_1", "name": "t", "input": {"b": 1, "a": [null]}}},
        ]}},
        "stopReason": "tool_use",
        "usage": {"inputTokens": 11, "outputTokens": 22, "totalTokens": 33},
        "metrics": {"latencyMs": 7},
        "additionalModelResponseFields": {"a": {"b": 1}},
        "performanceConfig": {"latency": "optimized"},
        "serviceTier": {"type": "priority"},
    });
    let mut scenario = recorded.clone();
    scenario["name"] = "recorded".into();
    let mut reply = recorded.clone();
    reply["times"] = 1.into();
    let server = lax(json!([{"name": "recorded", "reply": reply}])).await;
    let account = Account::new(&server, ACCOUNT);
    assert_eq!(converse(&account, CLAUDE, &user("x")).await.ok(), recorded);
}

#[tokio::test]
async fn all_stop_reasons_and_words_that_are_none_yet() {
    let server = lax(json!([])).await;
    let account = Account::new(&server, ACCOUNT);
    for word in [
        "end_turn",
        "tool_use",
        "max_tokens",
        "stop_sequence",
        "guardrail_intervened",
        "content_filtered",
        "malformed_model_output",
        "malformed_tool_use",
        "model_context_window_exceeded",
        "of_tomorrow",
    ] {
        put(
            &server,
            json!([{"name": "it", "reply": {"text": "x", "stopReason": word}}]),
        );
        let whole = converse(&account, CLAUDE, &user("x")).await.ok();
        assert_eq!(whole["stopReason"], word);
        let streamed = events(&server, CLAUDE, &user("x")).await;
        let stop = streamed
            .iter()
            .find(|(name, _)| name == "messageStop")
            .unwrap();
        assert_eq!(stop.1["stopReason"], word);
    }
}

/// Counts that the script leaves open are the mock's own.
#[tokio::test]
async fn partial_counts_are_filled_up() {
    let server = lax(json!([
        {"name": "none", "match": {"turn": 1}, "reply": [{"text": "Hello"}, {"text": "Hello", "usage": {"outputTokens": 500}}]},
    ]))
    .await;
    let account = Account::new(&server, ACCOUNT);
    let usage = converse(&account, CLAUDE, &user("Hello")).await.ok()["usage"].clone();
    let (input, output) = (
        usage["inputTokens"].as_u64().unwrap(),
        usage["outputTokens"].as_u64().unwrap(),
    );
    assert!(
        input == 8 && output > 0 && usage["totalTokens"] == input + output,
        "{usage}"
    );
    let usage = converse(&account, CLAUDE, &user("Hello")).await.ok()["usage"].clone();
    assert_eq!(
        (
            &usage["inputTokens"],
            &usage["outputTokens"],
            &usage["totalTokens"]
        ),
        (&json!(8), &json!(500), &json!(508))
    );
}

#[tokio::test]
async fn templates_quote_the_request_and_are_filled_once() {
    let server = lax(json!([
        {"name": "result", "match": {"toolResult": true}, "reply": {"text": "{{toolResult}} after {{ turn }}"}},
        {"name": "rest", "reply": {"content": [
            {"text": "{{lastUser}}|{{system}}|{{model}}|{{account}}|{{turn}}|{{header:X-Who}}|{{header:nobody}}|{{body:/inferenceConfig/maxTokens}}|{{body:/messages/0/role}}|{{body:/none}}"},
            {"toolUse": {"name": "t", "input": {"q": "{{lastUser}}", "deep": [{"a": "{{account}}"}]}}},
        ]}},
    ]))
    .await;
    let client = reqwest::Client::new();
    let mut body = user("say {{account}} \"now\"");
    body["system"] = json!([{"text": "be brief"}]);
    body["inferenceConfig"] = json!({"maxTokens": 77});
    let answer = client
        .post(format!(
            "{}/model/amazon.nova-lite-v1:0/converse",
            server.url()
        ))
        .bearer_auth(server.api_key())
        .header("x-who", "me")
        .json(&body)
        .send()
        .await
        .unwrap();
    let answer: Value = answer.json().await.unwrap();
    let content = &answer["output"]["message"]["content"];
    assert_eq!(
        content[0]["text"],
        "say {{account}} \"now\"|be brief|amazon.nova-lite-v1:0|123456789012|1|me||77|user|"
    );
    assert_eq!(
        content[1]["toolUse"]["input"],
        json!({"q": "say {{account}} \"now\"", "deep": [{"a": "123456789012"}]})
    );
    let account = Account::new(&server, ACCOUNT);
    let answer = converse(&account, CLAUDE, &answered(json!([{"text": "rain"}]))).await;
    assert_eq!(said(&answer), "rain after 2");
}

/// Declared pieces are told one by one; a quote inside a tool's JSON stays JSON.
#[tokio::test]
async fn declared_chunks_are_the_deltas() {
    let server = lax(json!([{"name": "it", "reply": {"content": [
        {"reasoningContent": {"reasoningText": {"text": "hmm"}}, "chunks": ["h", "mm"]},
        {"chunks": ["You said ", "{{lastUser}}", ""]},
        {"toolUse": {"name": "t", "toolUseId": "tooluse_1"}, "chunks": ["{\"q\":", " \"{{lastUser}}\"", "}"]},
    ]}}]))
    .await;
    let body = user("a \"b\"");
    let deltas: Vec<Value> = events(&server, CLAUDE, &body)
        .await
        .into_iter()
        .filter(|(name, _)| name == "contentBlockDelta" || name == "contentBlockStart")
        .map(|(_, event)| event)
        .collect();
    let delta = |block: u64, value: Value| json!({"contentBlockIndex": block, "delta": value});
    assert_eq!(
        deltas,
        [
            delta(0, json!({"reasoningContent": {"text": "h"}})),
            delta(0, json!({"reasoningContent": {"text": "mm"}})),
            delta(1, json!({"text": "You said "})),
            delta(1, json!({"text": "a \"b\""})),
            delta(1, json!({"text": ""})),
            json!({"contentBlockIndex": 2, "start": {"toolUse": {"toolUseId": "tooluse_1", "name": "t"}}}),
            delta(2, json!({"toolUse": {"input": "{\"q\":"}})),
            delta(2, json!({"toolUse": {"input": " \"a \\\"b\\\"\""}})),
            delta(2, json!({"toolUse": {"input": "}"}})),
        ]
    );
    let account = Account::new(&server, ACCOUNT);
    let whole = converse(&account, CLAUDE, &body).await.ok();
    assert_eq!(
        whole["output"]["message"]["content"][1]["text"],
        "You said a \"b\""
    );
    assert_eq!(
        whole["output"]["message"]["content"][2]["toolUse"]["input"],
        json!({"q": "a \"b\""})
    );
}
