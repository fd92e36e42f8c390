//! What a raw socket sees of an answer, down to how the connection ends.

use std::time::Duration;

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use bedrock_mock::MockServer;
use bedrock_mock::faults::read_flag;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub const MODEL: &str = "anthropic.claude-3-haiku-20240307-v1:0";
pub const HELLO: &str = r#"{"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}"#;
pub const CONVERSE: &str = "converse";
pub const STREAM: &str = "converse-stream";
pub const INVOKE_STREAM: &str = "invoke-with-response-stream";

/// A body that InvokeModel takes for this model.
pub const ANTHROPIC: &str = r#"{"anthropic_version": "bedrock-2023-05-31", "max_tokens": 50, "messages": [{"role": "user", "content": "Hello"}]}"#;

/// Everything that came over one connection.
#[derive(Debug)]
pub struct Seen {
    pub status: u16,
    pub head: String,
    /// The body, its transfer coding taken off.
    pub body: Vec<u8>,
    /// Sizes of the HTTP chunks.
    pub chunks: Vec<usize>,
    /// The body came to the end that its head announced.
    pub complete: bool,
    /// The connection was reset.
    pub reset: bool,
}

/// One decoded frame.
#[derive(Debug, Clone)]
pub struct Event {
    pub name: String,
    pub exception: bool,
    pub payload: Value,
}

pub async fn server() -> MockServer {
    MockServer::start().await.unwrap()
}

/// A mock with the rules of one `--fault`.
pub async fn with(fault: &str) -> MockServer {
    let server = server().await;
    add(&server, fault);
    server
}

pub fn add(server: &MockServer, fault: &str) {
    for rule in read_flag(fault).unwrap() {
        server.fault(rule).unwrap();
    }
}

/// Asks by the last part of the path and reads until the mock closes the connection.
pub async fn ask(server: &MockServer, operation: &str) -> Seen {
    let body = if operation.starts_with("invoke") {
        ANTHROPIC
    } else {
        HELLO
    };
    post(server, &format!("/model/{MODEL}/{operation}"), body).await
}

pub async fn post(server: &MockServer, path: &str, body: &str) -> Seen {
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    socket
        .write_all(request(server, path, body).as_bytes())
        .await
        .unwrap();
    let (mut all, mut reset) = (Vec::new(), false);
    let read = async {
        loop {
            match socket.read_buf(&mut all).await {
                Ok(0) => break,
                Ok(_) => {}
                Err(e) => {
                    assert_eq!(e.kind(), std::io::ErrorKind::ConnectionReset, "{e}");
                    reset = true;
                    break;
                }
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read)
        .await
        .expect("the mock hangs");
    parse(&all, reset)
}

pub fn request(server: &MockServer, path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        server.api_key(),
        body.len(),
    )
}

fn parse(all: &[u8], reset: bool) -> Seen {
    let end = all.windows(4).position(|w| w == b"\r\n\r\n");
    let Some(end) = end else {
        assert!(all.is_empty(), "half a head");
        return Seen {
            status: 0,
            head: String::new(),
            body: Vec::new(),
            chunks: Vec::new(),
            complete: false,
            reset,
        };
    };
    let head = String::from_utf8(all[..end].to_vec())
        .unwrap()
        .replace("\r\n", "\n");
    let mut seen = Seen {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head,
        body: Vec::new(),
        chunks: Vec::new(),
        complete: false,
        reset,
    };
    let mut rest = &all[end + 4..];
    if let Some(length) = seen.header("content-length") {
        seen.complete = rest.len() == length.parse::<usize>().unwrap();
        seen.body = rest.to_vec();
        return seen;
    }
    while let Some(line) = rest.windows(2).position(|w| w == b"\r\n") {
        let size = std::str::from_utf8(&rest[..line]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        rest = &rest[line + 2..];
        if size == 0 {
            assert_eq!(rest, b"\r\n");
            seen.complete = true;
            break;
        }
        seen.body.extend_from_slice(&rest[..size]);
        seen.chunks.push(size);
        rest = &rest[size + 2..];
    }
    seen
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (n, value) = line.split_once(": ")?;
            n.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The frames, which are all whole and right.
    pub fn events(&self) -> Vec<Event> {
        let (events, why, rest) = self.decoded();
        assert!(why.is_none() && rest == 0, "{why:?}, {rest} bytes left");
        events
    }

    /// Names of those frames.
    pub fn names(&self) -> Vec<String> {
        self.events().into_iter().map(|e| e.name).collect()
    }

    /// The frames that Amazon's decoder takes, why it stops, and how many bytes it leaves.
    pub fn decoded(&self) -> (Vec<Event>, Option<String>, usize) {
        decode(&self.body)
    }
}

pub fn decode(body: &[u8]) -> (Vec<Event>, Option<String>, usize) {
    let mut decoder = MessageFrameDecoder::new();
    let mut rest = body;
    let mut events = Vec::new();
    loop {
        match decoder.decode_frame(&mut rest) {
            Ok(DecodedFrame::Complete(message)) => {
                let header = |name: &str| {
                    let found = message.headers().iter().find(|h| h.name().as_str() == name);
                    found.map(|h| h.value().as_string().unwrap().as_str().to_owned())
                };
                let exception = header(":message-type").unwrap() == "exception";
                let name = header(":event-type").or_else(|| header(":exception-type"));
                events.push(Event {
                    name: name.unwrap(),
                    exception,
                    payload: serde_json::from_slice(message.payload()).unwrap(),
                });
            }
            Ok(DecodedFrame::Incomplete) => return (events, None, rest.len()),
            Err(e) => return (events, Some(e.to_string()), rest.len()),
        }
    }
}

/// The text that the deltas of events say.
pub fn text(events: &[Event]) -> String {
    let deltas = events.iter().filter(|e| e.name == "contentBlockDelta");
    deltas
        .filter_map(|e| e.payload.pointer("/delta/text")?.as_str())
        .collect()
}
