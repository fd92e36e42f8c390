//! The four inference operations over a socket, read as one neutral form.

pub mod form;
pub mod rows;

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use base64::Engine as _;
use bedrock_mock::MockServer;
use serde_json::{Value, json};

use crate::wire::{exchange, post};
use rows::Family;

/// A conversation of one text, with at most one limit.
pub struct Asked {
    pub text: String,
    pub max: Option<u64>,
    pub stop: Option<&'static str>,
}

impl Asked {
    pub fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            max: None,
            stop: None,
        }
    }

    pub fn max(self, max: u64) -> Self {
        Self {
            max: Some(max),
            ..self
        }
    }

    pub fn stop(self, stop: &'static str) -> Self {
        Self {
            stop: Some(stop),
            ..self
        }
    }

    pub fn is_plain(&self) -> bool {
        self.max.is_none() && self.stop.is_none()
    }

    pub fn converse(&self) -> Value {
        let mut config = json!({});
        if let Some(max) = self.max {
            config["maxTokens"] = max.into();
        }
        if let Some(stop) = self.stop {
            config["stopSequences"] = json!([stop]);
        }
        json!({"messages": [{"role": "user", "content": [{"text": self.text}]}], "inferenceConfig": config})
    }
}

/// What was answered: text, tool, stop reason, input and output tokens.
#[derive(Debug, PartialEq)]
pub struct Told {
    pub text: String,
    pub tool: Option<(String, Value)>,
    pub stop: String,
    pub input: u64,
    pub output: u64,
}

impl Told {
    /// The same with the family's word for the stop reason.
    pub fn in_words(&self, family: &Family) -> Self {
        let words = family.words;
        let stop = match self.stop.as_str() {
            "end_turn" => words[0],
            "max_tokens" => words[1],
            "stop_sequence" => words[2],
            _ => words[3],
        };
        Self {
            text: self.text.clone(),
            tool: self.tool.clone(),
            stop: stop.into(),
            ..*self
        }
    }
}

/// A whole answer of InvokeModel.
pub struct Whole {
    pub body: Value,
    pub input: u64,
    pub output: u64,
}

pub fn path(model: &str, operation: &str) -> String {
    let model = model.replace(':', "%3A").replace('/', "%2F");
    format!("/model/{model}/{operation}")
}

async fn call(
    server: &MockServer,
    model: &str,
    operation: &str,
    body: &Value,
) -> crate::wire::Answer {
    let answer = exchange(
        server,
        &post(server, &path(model, operation), &body.to_string()),
    )
    .await;
    let text = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status, 200, "{model} {operation} {body}: {text}");
    answer
}

pub async fn invoke(server: &MockServer, model: &str, body: &Value) -> Whole {
    let answer = call(server, model, "invoke", body).await;
    let count = |name: &str| answer.header(name).unwrap().parse().unwrap();
    Whole {
        input: count("X-Amzn-Bedrock-Input-Token-Count"),
        output: count("X-Amzn-Bedrock-Output-Token-Count"),
        body: answer.json(),
    }
}

/// The provider's chunks of a stream.
pub async fn invoke_stream(server: &MockServer, model: &str, body: &Value) -> Vec<Value> {
    let answer = call(server, model, "invoke-with-response-stream", body).await;
    let chunk = |(_, payload): (String, Value)| {
        let bytes = payload["bytes"].as_str().unwrap();
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(bytes)
            .unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    frames(&answer.body).into_iter().map(chunk).collect()
}

pub async fn converse(server: &MockServer, model: &str, body: &Value) -> Told {
    let answer = call(server, model, "converse", body).await.json();
    let content = answer["output"]["message"]["content"].as_array().unwrap();
    // Some models think first, and that is no text.
    let said = |b: &&Value| b.get("reasoningContent").is_none();
    let block = content.iter().find(said).unwrap_or(&Value::Null);
    let tool = block.get("toolUse");
    Told {
        text: block["text"].as_str().unwrap_or_default().into(),
        tool: tool.map(|t| (t["name"].as_str().unwrap().into(), t["input"].clone())),
        stop: answer["stopReason"].as_str().unwrap().into(),
        input: answer["usage"]["inputTokens"].as_u64().unwrap(),
        output: answer["usage"]["outputTokens"].as_u64().unwrap(),
    }
}

pub async fn converse_stream(server: &MockServer, model: &str, body: &Value) -> Told {
    let answer = call(server, model, "converse-stream", body).await;
    let events = frames(&answer.body);
    let all = |pointer: &str| -> String {
        let piece = |(_, e): &(String, Value)| Some(e.pointer(pointer)?.as_str()?.to_owned());
        events.iter().filter_map(piece).collect()
    };
    let name = all("/start/toolUse/name");
    let usage = &events.last().unwrap().1["usage"];
    Told {
        text: all("/delta/text"),
        tool: (!name.is_empty()).then(|| {
            (
                name,
                serde_json::from_str(&all("/delta/toolUse/input")).unwrap(),
            )
        }),
        stop: all("/stopReason"),
        input: usage["inputTokens"].as_u64().unwrap(),
        output: usage["outputTokens"].as_u64().unwrap(),
    }
}

/// Event names and payloads of a stream, decoded by the official crate.
pub fn frames(body: &[u8]) -> Vec<(String, Value)> {
    let mut decoder = MessageFrameDecoder::new();
    let mut rest = body;
    let mut out = Vec::new();
    while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut rest).unwrap() {
        let name = |h: &&aws_smithy_types::event_stream::Header| h.name().as_str() == ":event-type";
        let name = message.headers().iter().find(name).unwrap().value();
        let name = name.as_string().unwrap().as_str().to_owned();
        out.push((name, serde_json::from_slice(message.payload()).unwrap()));
    }
    assert!(rest.is_empty(), "bytes after the last frame");
    out
}
