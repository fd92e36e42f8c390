//! A mock with scenarios, and one account that calls it.

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use bedrock_mock::MockServer;
use bedrock_mock::config::Unmatched;
use serde_json::{Value, json};

use crate::account::{Account, Answer};

pub(crate) const CLAUDE: &str = "anthropic.claude-3-haiku-20240307-v1:0";
pub(crate) const NOVA: &str = "amazon.nova-lite-v1:0";
pub(crate) const ACCOUNT: &str = "123456789012";

/// A mock that refuses what no scenario matches.
pub(crate) async fn strict(scenarios: Value) -> MockServer {
    let server = MockServer::builder()
        .configure(|c| c.unmatched = Unmatched::Refuse)
        .start()
        .await
        .unwrap();
    put(&server, scenarios);
    server
}

/// A mock that answers by itself what no scenario matches.
pub(crate) async fn lax(scenarios: Value) -> MockServer {
    let server = MockServer::start().await.unwrap();
    put(&server, scenarios);
    server
}

pub(crate) fn put(server: &MockServer, scenarios: Value) {
    let text = json!({ "scenarios": scenarios }).to_string();
    server.scenarios_json(&text).unwrap();
}

/// Converse.
pub(crate) async fn converse(account: &Account, model: &str, body: &Value) -> Answer {
    let path = format!("/model/{}/converse", crate::account::label(model));
    account.post(&path, body.clone()).await
}

/// The text of a Converse answer.
pub(crate) fn said(answer: &Answer) -> String {
    let answer = answer.ok();
    let text = answer.pointer("/output/message/content/0/text");
    text.and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no text: {answer}"))
        .to_owned()
}

/// One user turn.
pub(crate) fn user(text: &str) -> Value {
    json!({"messages": [{"role": "user", "content": [{ "text": text }]}]})
}

/// A conversation in which a tool has answered.
pub(crate) fn answered(result: Value) -> Value {
    json!({
        "messages": [
            {"role": "user", "content": [{"text": "Weather?"}]},
            {"role": "assistant", "content": [{"toolUse": {"toolUseId": "tooluse_a", "name": "get_weather", "input": {}}}]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "tooluse_a", "content": result}}]},
        ],
        "toolConfig": {"tools": [tool("get_weather")]},
    })
}

pub(crate) fn tool(name: &str) -> Value {
    json!({"toolSpec": {"name": name, "inputSchema": {"json": {"type": "object"}}}})
}

/// A frame of an event stream, as Amazon's own decoder reads it: `:message-type`, the name of the
/// event or exception, and the payload.
pub(crate) type Frame = (String, String, Vec<u8>);

pub(crate) fn frames(body: &[u8]) -> Vec<Frame> {
    let mut decoder = MessageFrameDecoder::new();
    let mut rest = body;
    let mut out = Vec::new();
    while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut rest).unwrap() {
        let header = |name: &str| {
            let mut all = message.headers().iter();
            let found = all.find(|h| h.name().as_str() == name)?;
            Some(found.value().as_string().unwrap().as_str().to_owned())
        };
        let name = header(":event-type").or_else(|| header(":exception-type"));
        out.push((
            header(":message-type").unwrap(),
            name.unwrap(),
            message.payload().to_vec(),
        ));
    }
    assert!(rest.is_empty(), "bytes after the last frame");
    out
}

/// The events of ConverseStream without their padding.
pub(crate) async fn events(server: &MockServer, model: &str, body: &Value) -> Vec<(String, Value)> {
    let path = format!("/model/{}/converse-stream", crate::account::label(model));
    let answer =
        crate::wire::exchange(server, &crate::wire::post(server, &path, &body.to_string())).await;
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let event = |(kind, name, payload): Frame| {
        assert_eq!(kind, "event");
        let mut value: Value = serde_json::from_slice(&payload).unwrap();
        value.as_object_mut().unwrap().remove("p");
        (name, value)
    };
    frames(&answer.body).into_iter().map(event).collect()
}
