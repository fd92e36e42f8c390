//! The table of requests that everything is measured by.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{Failure, sign};

/// Deltas of the streamed answer.
pub const DELTAS: usize = 50;

const MODEL: &str = "anthropic.claude-3-5-sonnet-20241022-v2%3A0";

/// One request, as often as the clock allows.
pub struct Load {
    /// What tables call it.
    pub name: &'static str,
    /// Requests sent in turn.
    pub requests: Vec<Request>,
    /// Status that every answer must have.
    pub status: u16,
    /// What the mock is told before.
    pub scenario: Option<Value>,
    /// HTTP/2 in place of HTTP/1.1.
    pub h2: bool,
    /// At most so many connections, for large bodies.
    pub connections: usize,
    /// The ratio of throughput to the bare server's that is to be reached.
    pub bar: Option<f64>,
}

/// A request without its connection.
#[derive(Clone)]
pub struct Request {
    /// HTTP method.
    pub method: &'static str,
    /// Path and query, encoded.
    pub path: String,
    /// Headers, without Host and Content-Length.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
    /// The Host header.
    pub host: &'static str,
}

/// All loads, asked with an API key.
pub fn all(key: &str) -> Result<Vec<Load>, Failure> {
    let converse = || keyed(key, post("converse", &hello()));
    let stream = || keyed(key, post("converse-stream", &fifty()));
    let invalid = json!({"messages": [{"role": "user", "content": [{"text": "Hello"}]}],
        "inferenceConfig": {"temperature": 99, "maxTokens": 0}});
    let signed = (0..64)
        .map(|n| sign::sign(post("converse", &text(&format!("Hello {n}"))), "test"))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(vec![
        load("Converse, API key", converse()).bar(0.80),
        Load {
            requests: signed,
            ..load("Converse, SigV4", converse()).bar(0.60)
        },
        Load {
            scenario: Some(deltas(DELTAS, None)),
            ..load("ConverseStream, 50 deltas", stream()).bar(0.70)
        },
        load(
            "InvokeModel, Anthropic body",
            keyed(key, post("invoke", &anthropic())),
        ),
        Load {
            status: 400,
            ..load(
                "Converse, refused by validation",
                keyed(key, post("converse", &invalid)),
            )
        },
        load(
            "Converse, 100 KB",
            keyed(key, post("converse", &text(&filler(100_000)))),
        ),
        Load {
            connections: 4,
            ..load("Converse, 5 MB", keyed(key, post("converse", &documents())))
        },
        load(
            "ListInferenceProfiles",
            keyed(
                key,
                Request {
                    method: "GET",
                    path: "/inference-profiles".into(),
                    body: Bytes::new(),
                    ..post("converse", &hello())
                },
            ),
        ),
        Load {
            h2: true,
            ..load("Converse, API key, h2", converse())
        },
        Load {
            h2: true,
            scenario: Some(deltas(DELTAS, None)),
            ..load("ConverseStream, 50 deltas, h2", stream())
        },
    ])
}

/// A scenario that answers [`fifty`] in so many deltas, paced where `pacing` says how.
pub fn deltas(count: usize, pacing: Option<Value>) -> Value {
    let chunks: Vec<String> = (0..count).map(|n| format!("word {n} and ")).collect();
    let text = chunks.concat();
    let mut scenario = json!({
        "name": "fifty",
        "match": {"lastUser": {"equals": "fifty"}},
        "reply": {"content": [{"text": text, "chunks": chunks}]},
    });
    if let Some(pacing) = pacing {
        scenario["pacing"] = pacing;
    }
    json!({ "scenarios": [scenario] })
}

/// The request that [`deltas`] answers, streamed.
pub fn stream(key: &str) -> Request {
    keyed(key, post("converse-stream", &fifty()))
}

/// Converse with a text.
pub fn converse(key: &str, says: &str) -> Request {
    keyed(key, post("converse", &text(says)))
}

/// A request of the runtime for the default model.
pub fn post(operation: &str, body: &Value) -> Request {
    Request {
        method: "POST",
        path: format!("/model/{MODEL}/{operation}"),
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_string().into(),
        host: "127.0.0.1",
    }
}

/// The request with an API key.
pub fn keyed(key: &str, mut request: Request) -> Request {
    let header = ("authorization".to_owned(), format!("Bearer {key}"));
    request.headers.push(header);
    request
}

/// A conversation of one message.
pub fn text(says: &str) -> Value {
    json!({"messages": [{"role": "user", "content": [{"text": says}]}]})
}

fn load(name: &'static str, request: Request) -> Load {
    Load {
        name,
        requests: vec![request],
        status: 200,
        scenario: None,
        h2: false,
        connections: usize::MAX,
        bar: None,
    }
}

impl Load {
    fn bar(self, bar: f64) -> Self {
        Self {
            bar: Some(bar),
            ..self
        }
    }
}

fn hello() -> Value {
    json!({
        "system": [{"text": "You are a helpful assistant."}],
        "messages": [{"role": "user", "content": [{"text": "Hello, who are you?"}]}],
        "inferenceConfig": {"maxTokens": 512, "temperature": 0.5},
    })
}

fn fifty() -> Value {
    text("fifty")
}

fn anthropic() -> Value {
    json!({
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 512,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello, who are you?"}]}],
    })
}

/// Two documents of 1.9 MB, which base64 makes 5 MB.
fn documents() -> Value {
    let bytes = "QUJD".repeat(1_900_000 / 3);
    let document = |name: &str| json!({"document": {"format": "txt", "name": name, "source": {"bytes": bytes}}});
    json!({"messages": [{"role": "user", "content": [
        {"text": "Hello"}, document("one"), document("two"),
    ]}]})
}

fn filler(bytes: usize) -> String {
    "The quick brown fox jumps over the lazy dog. "
        .chars()
        .cycle()
        .take(bytes)
        .collect()
}
