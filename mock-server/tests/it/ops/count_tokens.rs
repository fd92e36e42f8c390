//! CountTokens gives what the same request costs when it is sent.

use crate::wire::{MODEL, exchange, post};
use base64::Engine as _;
use bedrock_mock::MockServer;
use serde_json::{Value, json};

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

#[tokio::test]
async fn what_converse_refuses_is_not_counted() {
    let server = MockServer::start().await.unwrap();
    let user = |text: &str| json!({"role": "user", "content": [{"text": text}]});
    for (converse, text) in [
        (
            json!({"messages": [user("a"), user("b")]}),
            "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
        ),
        (
            json!({"messages": [user("")]}),
            "The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text field, and try again.",
        ),
        (
            json!({"messages": []}),
            "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
        ),
        (
            json!({"messages": [{"role": "user", "content": [{"text": "a"}, {"video": {"format": "mp4", "source": {"bytes": "eA=="}}}]}]}),
            "This model doesn't support the video content block that you provided. Update the content block and try again.",
        ),
    ] {
        assert_eq!(
            count(&server, MODEL, json!({ "converse": converse })).await,
            (400, json!({ "message": text }))
        );
    }
}

#[tokio::test]
async fn tools_that_anthropic_runs_are_not_counted() {
    let server = MockServer::start().await.unwrap();
    let counted = async |tool: Value| {
        let body = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 10, "messages": [{"role": "user", "content": "a"}], "tools": [tool]}).to_string();
        let body = base64::engine::general_purpose::STANDARD.encode(body);
        count(&server, MODEL, json!({"invokeModel": { "body": body }})).await
    };
    // Recorded.
    let text = "tools.0: Input tag 'web_search_20250305' found using 'type' does not match any of the expected tags: 'bash_20250124', 'custom', 'text_editor_20250124', 'text_editor_20250429', 'text_editor_20250728'";
    assert_eq!(
        counted(json!({"type": "web_search_20250305", "name": "web_search"})).await,
        (400, json!({ "message": text }))
    );
    for tool in [
        json!({"name": "t", "input_schema": {"type": "object"}}),
        json!({"type": "custom", "name": "t", "input_schema": {"type": "object"}}),
        json!({"type": "bash_20250124", "name": "bash"}),
    ] {
        assert_eq!(counted(tool).await.0, 200);
    }
}
