//! Bodies and headers of InvokeModel that Anthropic, Nova or the service refuse.

use crate::wire::{exchange, request};
use bedrock_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

async fn send(model: &str, headers: &str, body: &Value) -> (u16, String) {
    let server = MockServer::start().await.unwrap();
    let headers = format!("Content-Type: application/json\r\n{headers}");
    let bytes = request(
        &server,
        "POST",
        &format!("/model/{model}/invoke"),
        &headers,
        body.to_string().as_bytes(),
    );
    let answer = exchange(&server, &bytes).await;
    (answer.status, answer.text().to_owned())
}

const CLAUDE: &str = "anthropic.claude-3-haiku-20240307-v1:0";

#[rstest]
// Recorded or reported texts.
#[case::blank(json!({"messages": [{"role": "user", "content": "  "}]}), "messages: text content blocks must contain non-whitespace text")]
#[case::empty(json!({"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]}), "messages: text content blocks must be non-empty")]
#[case::extra(json!({"foo": 1}), "foo: Extra inputs are not permitted")]
#[case::image_by_url(json!({"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "image", "source": {"type": "url", "url": "https://x"}}]}]}), "messages.0.content.1.image.source.base64.data: URL sources are not supported")]
// The form of Anthropic's validator, assumed for these members.
#[case::temperature_type(json!({"temperature": "x"}), "temperature: Input should be a valid number")]
#[case::temperature_range(json!({"temperature": 2}), "temperature: Input should be less than or equal to 1")]
#[case::system_type(json!({"system": 5}), "system: Input should be a valid string")]
#[case::stop_sequences_type(json!({"stop_sequences": "x"}), "stop_sequences: Input should be a valid list")]
#[case::stop_sequence_type(json!({"stop_sequences": [1]}), "stop_sequences.0: Input should be a valid string")]
#[case::tools_type(json!({"tools": "x"}), "tools: Input should be a valid list")]
#[case::message_type(json!({"messages": ["x"]}), "messages.0: Input should be an object")]
#[case::no_max_tokens(json!({"max_tokens": null}), "max_tokens: Field required")]
#[tokio::test]
async fn anthropics_own_texts(#[case] change: Value, #[case] expected: &str) {
    let mut body = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 10, "messages": [{"role": "user", "content": "x"}]});
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    assert_eq!(
        send(CLAUDE, "", &body).await,
        (400, json!({ "message": expected }).to_string())
    );
}

#[tokio::test]
async fn an_unknown_block_is_told_which_there_are() {
    let body = json!({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 10, "messages": [{"role": "user", "content": [{"type": "zzz"}]}]});
    let (status, text) = send(CLAUDE, "", &body).await;
    assert_eq!(status, 400);
    assert!(text.starts_with(r#"{"message":"messages.0.content.0: Input tag 'zzz' found using 'type' does not match any of the expected tags: 'text', "#), "{text}");
}

#[rstest]
#[case(json!({"inferenceConfig": {"maxTokens": "x"}}), "#/inferenceConfig/maxTokens: expected type: Integer, found: String")]
#[case(json!({"inferenceConfig": {"temperature": 9}}), "#/inferenceConfig/temperature: 9 is not less or equal to 1")]
#[case(json!({"messages": [{"role": "system", "content": [{"text": "x"}]}]}), "#/messages/0/role: system is not a valid enum value")]
#[case(json!({"messages": [{"role": "user", "content": []}]}), "#/messages/0/content: expected minimum item count: 1, found: 0")]
#[tokio::test]
async fn novas_schema(#[case] change: Value, #[case] what: &str) {
    let mut body = json!({"messages": [{"role": "user", "content": [{"text": "x"}]}]});
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    let expected = json!({"message": format!("Malformed input request: {what}, please reformat your input and try again.")});
    assert_eq!(
        send("amazon.nova-lite-v1:0", "", &body).await,
        (400, expected.to_string())
    );
}

#[tokio::test]
async fn guardrails_are_named_by_two_headers() {
    let id = "X-Amzn-Bedrock-GuardrailIdentifier: abcdefghij\r\n";
    let version = "X-Amzn-Bedrock-GuardrailVersion: 1\r\n";
    let plain = json!({"prompt": "x"});
    let configured = json!({"prompt": "x", "amazon-bedrock-guardrailConfig": {"tagSuffix": "x"}});
    let llama = "meta.llama3-8b-instruct-v1:0";
    assert_eq!(
        send(llama, &format!("{id}{version}"), &configured).await.0,
        200
    );
    assert_eq!(send(llama, &format!("{id}{version}"), &plain).await.0, 200);
    assert_eq!(send(llama, id, &plain).await.0, 400);
    assert_eq!(send(llama, version, &plain).await.0, 400);
    assert_eq!(send(llama, "", &configured).await.0, 400);
}
