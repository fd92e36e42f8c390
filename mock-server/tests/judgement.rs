//! Conversations that fit the model and make no sense, and what the service says of them: each text
//! is one that recordings or public reports quote.
#![allow(missing_docs, clippy::unwrap_used, clippy::needless_pass_by_value)]

mod wire;

use bedrock_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};
use wire::{exchange, post};

const CLAUDE: &str = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

fn user(content: Value) -> Value {
    json!({"role": "user", "content": content})
}

fn assistant(content: Value) -> Value {
    json!({"role": "assistant", "content": content})
}

fn uses(ids: &[&str]) -> Value {
    assistant(
        ids.iter()
            .map(|id| json!({"toolUse": {"toolUseId": id, "name": "t", "input": {}}}))
            .collect(),
    )
}

fn results(ids: &[&str]) -> Value {
    user(
        ids.iter()
            .map(|id| json!({"toolResult": {"toolUseId": id, "content": [{"text": "x"}]}}))
            .collect(),
    )
}

fn tools() -> Value {
    json!({"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": {"type": "object"}}}}]})
}

fn document(name: &str) -> Value {
    json!({"document": {"format": "txt", "name": name, "source": {"bytes": "eA=="}}})
}

fn with(messages: Value, more: Value) -> Value {
    let mut body = json!({ "messages": messages });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

#[rstest]
#[case::same_role_twice(CLAUDE, json!({"messages": [user(json!([{"text": "a"}])), user(json!([{"text": "b"}]))]}), "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.")]
#[case::assistant_first(CLAUDE, json!({"messages": [assistant(json!([{"text": "a"}]))]}), "A conversation must start with a user message. Try again with a conversation that starts with a user message.")]
#[case::no_tool_config(CLAUDE, json!({"messages": [user(json!([{"text": "a"}])), uses(&["1"]), results(&["1"])]}), "The toolConfig field must be defined when using toolUse and toolResult content blocks.")]
#[case::unanswered(CLAUDE, with(json!([user(json!([{"text": "a"}])), uses(&["1", "2", "3"]), results(&["2"])]), json!({"toolConfig": tools()})), "Expected toolResult blocks at messages.2.content for the following Ids: 1, 3")]
#[case::too_many_results(CLAUDE, with(json!([user(json!([{"text": "a"}])), uses(&["1"]), results(&["1", "2"])]), json!({"toolConfig": tools()})), "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.")]
#[case::result_without_use(CLAUDE, with(json!([results(&["1"])]), json!({"toolConfig": tools()})), "The number of toolResult blocks at messages.0.content exceeds the number of toolUse blocks of previous turn.")]
#[case::json_list(CLAUDE, with(json!([user(json!([{"text": "a"}])), uses(&["1"]), user(json!([{"toolResult": {"toolUseId": "1", "content": [{"json": []}]}}]))]), json!({"toolConfig": tools()})), "The format of the value at messages.2.content.0.toolResult.content.0.json is invalid. Provide a json object for the field and try again.")]
#[case::schema_text(CLAUDE, with(json!([user(json!([{"text": "a"}]))]), json!({"toolConfig": {"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": "x"}}}]}})), "The format of the value at toolConfig.tools.0.toolSpec.inputSchema.json is invalid. Provide a json object for the field and try again.")]
#[case::schema_of_string(CLAUDE, with(json!([user(json!([{"text": "a"}]))]), json!({"toolConfig": {"tools": [{"toolSpec": {"name": "t", "inputSchema": {"json": {"type": "string"}}}}]}})), "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.")]
#[case::two_documents_of_one_name(CLAUDE, json!({"messages": [user(json!([{"text": "a"}, document("d")])), assistant(json!([{"text": "b"}])), user(json!([{"text": "c"}, document("d")]))]}), "Messages can't contain duplicate document names. Rename the document and retry your request.")]
#[case::six_documents(CLAUDE, json!({"messages": [user((0..6).map(|i| document(&format!("d{i}"))).chain([json!({"text": "a"})]).collect())]}), "You can't include more than 5 documents in a request.")]
#[case::document_alone(CLAUDE, json!({"messages": [user(json!([document("d")]))]}), "A text block must be included when using documents.")]
#[case::video(CLAUDE, json!({"messages": [user(json!([{"text": "a"}, {"video": {"format": "mp4", "source": {"bytes": "eA=="}}}]))]}), "This model doesn't support the video content block that you provided. Update the content block and try again.")]
#[case::image_for_the_blind("deepseek.v3-v1:0", json!({"messages": [user(json!([{"text": "a"}, {"image": {"format": "png", "source": {"bytes": "eA=="}}}]))]}), "This model doesn't support the image content block that you provided. Update the content block and try again.")]
#[case::s3(CLAUDE, json!({"messages": [user(json!([{"text": "a"}, {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://bucket/key"}}}}]))]}), "This model doesn't support the s3Uri field. Remove s3Uri and try again.")]
#[case::system_for_mistral_7b("mistral.mistral-7b-instruct-v0:2", json!({"messages": [user(json!([{"text": "a"}]))], "system": [{"text": "s"}]}), "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.")]
#[tokio::test]
async fn refused(#[case] model: &str, #[case] body: Value, #[case] expected: &str) {
    let server = MockServer::start().await.unwrap();
    for operation in ["converse", "converse-stream"] {
        let answer = exchange(
            &server,
            &post(
                &server,
                &format!("/model/{model}/{operation}"),
                &body.to_string(),
            ),
        )
        .await;
        assert_eq!(
            (answer.status, answer.text()),
            (400, json!({ "message": expected }).to_string().as_str())
        );
        assert!(
            answer
                .header("x-amzn-ErrorType")
                .unwrap()
                .starts_with("ValidationException:")
        );
    }
}

#[tokio::test]
async fn llama_4_has_tools_but_not_in_streams() {
    let server = MockServer::start().await.unwrap();
    let body = with(
        json!([user(json!([{"text": "a"}]))]),
        json!({"toolConfig": tools()}),
    )
    .to_string();
    let path = "/model/us.meta.llama4-maverick-17b-instruct-v1:0";
    assert_eq!(
        exchange(&server, &post(&server, &format!("{path}/converse"), &body))
            .await
            .status,
        200
    );
    let answer = exchange(
        &server,
        &post(&server, &format!("{path}/converse-stream"), &body),
    )
    .await;
    assert_eq!(
        answer.text(),
        r#"{"message":"This model doesn't support tool use in streaming mode."}"#
    );
}

#[tokio::test]
async fn nova_looks_at_images_and_says_so_inside_a_stream() {
    let server = MockServer::start().await.unwrap();
    let body = json!({"messages": [user(json!([{"text": "a"}, {"image": {"format": "png", "source": {"bytes": "bm8gaW1hZ2U="}}}]))]}).to_string();
    let answer = exchange(
        &server,
        &post(
            &server,
            "/model/amazon.nova-lite-v1:0/converse-stream",
            &body,
        ),
    )
    .await;
    assert_eq!(answer.status, 200);
    let mut decoder = aws_smithy_eventstream::frame::MessageFrameDecoder::new();
    let mut rest = &answer.body[..];
    let aws_smithy_eventstream::frame::DecodedFrame::Complete(message) =
        decoder.decode_frame(&mut rest).unwrap()
    else {
        panic!("no frame")
    };
    assert!(rest.is_empty(), "it is the only frame");
    let names: Vec<&str> = message
        .headers()
        .iter()
        .map(|h| h.name().as_str())
        .collect();
    assert_eq!(names, [":exception-type", ":content-type", ":message-type"]);
    // The recorded payload, which has no padding.
    assert_eq!(
        std::str::from_utf8(message.payload()).unwrap(),
        r#"{"message":"The model returned the following errors: The detected file MIME type text/plain does not match the expected type image/png. Reformat your input and try again."}"#
    );
}

#[tokio::test]
async fn what_makes_sense_passes() {
    let server = MockServer::start().await.unwrap();
    let turns = json!([
        user(json!([{"text": "a"}])),
        uses(&["1", "2"]),
        results(&["2", "1"]),
        assistant(json!([{"text": "b"}])),
        user(json!([{"text": "c"}, document("d"), document("e")]))
    ]);
    let body = with(
        turns,
        json!({"toolConfig": tools(), "system": [{"text": "s"}]}),
    )
    .to_string();
    let answer = exchange(
        &server,
        &post(&server, &format!("/model/{CLAUDE}/converse"), &body),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}
