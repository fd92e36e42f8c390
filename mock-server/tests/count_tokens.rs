//! CountTokens gives what the same request costs when it is sent.
#![allow(missing_docs, clippy::unwrap_used, clippy::needless_pass_by_value)]

mod wire;

use base64::Engine as _;
use bedrock_mock::MockServer;
use serde_json::{Value, json};
use wire::{MODEL, exchange, post};

async fn count(server: &MockServer, model: &str, input: Value) -> (u16, Value) {
    let answer = exchange(
        server,
        &post(
            server,
            &format!("/model/{model}/count-tokens"),
            &json!({ "input": input }).to_string(),
        ),
    )
    .await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn the_guides_hello_counts_eight() {
    let server = MockServer::start().await.unwrap();
    let hello = json!({"messages": [{"role": "user", "content": [{"text": "Hello"}]}]});
    assert_eq!(
        count(&server, MODEL, json!({ "converse": hello })).await,
        (200, json!({"inputTokens": 8}))
    );
}

#[tokio::test]
async fn both_inputs_agree_with_usage() {
    let server = MockServer::start().await.unwrap();
    let converse = json!({"messages": [{"role": "user", "content": [{"text": "Count me, 日本語 too"}]}], "system": [{"text": "Be brief"}]});
    let said = exchange(
        &server,
        &post(
            &server,
            &format!("/model/{MODEL}/converse"),
            &converse.to_string(),
        ),
    )
    .await
    .json();
    let (_, counted) = count(&server, MODEL, json!({ "converse": converse })).await;
    assert_eq!(counted["inputTokens"], said["usage"]["inputTokens"]);

    let invoke = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 10, "system": "Be brief", "messages": [{"role": "user", "content": "Count me, 日本語 too"}]}).to_string();
    let said = exchange(
        &server,
        &post(&server, &format!("/model/{MODEL}/invoke"), &invoke),
    )
    .await;
    let body = base64::engine::general_purpose::STANDARD.encode(&invoke);
    let (_, same) = count(&server, MODEL, json!({"invokeModel": { "body": body }})).await;
    assert_eq!(same["inputTokens"], said.json()["usage"]["input_tokens"]);
    assert_eq!(same, counted);
    assert_eq!(
        said.header("X-Amzn-Bedrock-Input-Token-Count"),
        Some(counted["inputTokens"].to_string().as_str())
    );
}

#[tokio::test]
async fn base_models_count_and_profiles_do_not() {
    let server = MockServer::start().await.unwrap();
    let hello =
        json!({"converse": {"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}});
    let refusal = json!({"message": "The provided model doesn't support counting tokens."});
    // Recorded: the bare id of a model that inference needs a profile for counts, its profile does not.
    assert_eq!(
        count(
            &server,
            "anthropic.claude-sonnet-4-20250514-v1:0",
            hello.clone()
        )
        .await
        .0,
        200
    );
    assert_eq!(
        count(
            &server,
            "us.anthropic.claude-sonnet-4-20250514-v1:0",
            hello.clone()
        )
        .await,
        (400, refusal.clone())
    );
    assert_eq!(
        count(&server, "amazon.nova-lite-v1:0", hello.clone()).await,
        (400, refusal)
    );
    assert_eq!(
        count(&server, "no.such-model", hello).await,
        (
            400,
            json!({"message": "The provided model identifier is invalid."})
        )
    );
}
