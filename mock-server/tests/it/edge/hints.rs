//! Hints of refusals: what was wrong and where, for the access log and the journal.

use bedrock_mock::MockServer;
use rstest::rstest;

use crate::wire::{MODEL, exchange, post};

/// Returns the hint of the refusal of one request.
async fn hint(server: &MockServer, model: &str, body: &str) -> String {
    let request = post(server, &format!("/model/{model}/converse"), body);
    let answer = exchange(server, &request).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    let received = server.received();
    let refusal = received[0].refusal.clone().unwrap();
    refusal.hint.unwrap()
}

#[rstest]
#[case::content_as_text(
    r#"{"messages": [{"role": "user", "content": "Hello"}]}"#,
    "messages.0.content: expected a list"
)]
#[case::block_as_text(
    r#"{"messages": [{"role": "user", "content": ["Hello"]}]}"#,
    "messages.0.content.0: expected an object"
)]
#[case::number_as_text(
    r#"{"messages": [], "inferenceConfig": {"maxTokens": "9"}}"#,
    "inferenceConfig.maxTokens: expected a whole number"
)]
#[case::whole_body("[]", "the body: expected an object")]
#[tokio::test]
async fn a_wrong_type_is_named_with_its_member(#[case] body: &str, #[case] expected: &str) {
    let server = MockServer::start().await.unwrap();
    assert_eq!(hint(&server, MODEL, body).await, expected);
}

#[rstest]
#[case::us("us-west-2", "call us.anthropic.claude-sonnet-4-20250514-v1:0 instead")]
#[case::eu(
    "eu-central-1",
    "call eu.anthropic.claude-sonnet-4-20250514-v1:0 instead"
)]
#[tokio::test]
async fn a_profile_of_the_caller_s_own_geography_is_named(
    #[case] region: &str,
    #[case] expected: &str,
) {
    let server = MockServer::builder().region(region).start().await.unwrap();
    let body = r#"{"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}"#;
    let model = "anthropic.claude-sonnet-4-20250514-v1:0";
    assert_eq!(hint(&server, model, body).await, expected);
}
