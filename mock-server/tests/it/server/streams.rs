//! Streams: decoded by Amazon's own frame decoder, in great numbers, and cut off by clients.

use crate::wire;
use std::sync::Arc;
use std::time::Duration;

use crate::wire::{HELLO, MODEL, exchange, post};
use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use bedrock_mock::MockServer;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Barrier;

/// Names, header names and payloads of the frames in a body.
fn decode(body: &[u8]) -> Vec<(String, Vec<String>, Value)> {
    let mut decoder = MessageFrameDecoder::new();
    let mut rest = body;
    let mut out = Vec::new();
    while let DecodedFrame::Complete(message) = decoder.decode_frame(&mut rest).unwrap() {
        let names: Vec<String> = message
            .headers()
            .iter()
            .map(|h| h.name().as_str().to_owned())
            .collect();
        let name = message
            .headers()
            .iter()
            .find(|h| h.name().as_str() == ":event-type")
            .unwrap();
        let payload = serde_json::from_slice(message.payload()).unwrap();
        out.push((
            name.value().as_string().unwrap().as_str().to_owned(),
            names,
            payload,
        ));
    }
    assert!(rest.is_empty(), "bytes after the last frame");
    out
}

#[tokio::test]
async fn the_recorded_grammar() {
    let server = MockServer::start().await.unwrap();
    let answer = exchange(
        &server,
        &post(&server, &format!("/model/{MODEL}/converse-stream"), HELLO),
    )
    .await;
    let events = decode(&answer.body);
    let names: Vec<&str> = events.iter().map(|(n, _, _)| n.as_str()).collect();
    assert_eq!(names[0], "messageStart");
    assert_eq!(
        names[names.len() - 3..],
        ["contentBlockStop", "messageStop", "metadata"]
    );
    assert!(
        names[1..names.len() - 3]
            .iter()
            .all(|n| *n == "contentBlockDelta"),
        "{names:?}"
    );
    assert!(names.len() > 6);

    // The same words and counts as the whole answer.
    let whole = exchange(
        &server,
        &post(&server, &format!("/model/{MODEL}/converse"), HELLO),
    )
    .await
    .json();
    let text: String = events
        .iter()
        .filter_map(|(_, _, p)| p.pointer("/delta/text")?.as_str())
        .collect();
    assert_eq!(
        whole.pointer("/output/message/content/0/text").unwrap(),
        &text
    );
    assert_eq!(
        events.last().unwrap().2["usage"]["outputTokens"],
        whole["usage"]["outputTokens"]
    );

    let alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    for (name, headers, payload) in &events {
        assert_eq!(
            headers[..],
            [":event-type", ":content-type", ":message-type"]
        );
        let padding = payload["p"]
            .as_str()
            .unwrap_or_else(|| panic!("{name} has no padding"));
        assert!(
            alphabet.starts_with(padding) && (2..=61).contains(&padding.len()),
            "{padding}"
        );
        let keys: Vec<&String> = payload.as_object().unwrap().keys().collect();
        assert!(keys.is_sorted(), "{keys:?}");
    }
}

#[tokio::test]
async fn the_same_request_has_the_same_stream() {
    let server = MockServer::start().await.unwrap();
    let bytes = post(&server, &format!("/model/{MODEL}/converse-stream"), HELLO);
    let (first, second) = (
        exchange(&server, &bytes).await,
        exchange(&server, &bytes).await,
    );
    assert_eq!(first.body, second.body);
}

#[tokio::test]
async fn characters_beyond_the_basic_plane_survive() {
    let server = MockServer::start().await.unwrap();
    let said = "🎉🎊 日本語 👩‍👩‍👧 \u{10FFFF}".repeat(10);
    let body = serde_json::json!({"messages": [{"role": "user", "content": [{"text": said}]}]})
        .to_string();
    let answer = exchange(
        &server,
        &post(&server, &format!("/model/{MODEL}/converse-stream"), &body),
    )
    .await;
    let text: String = decode(&answer.body)
        .iter()
        .filter_map(|(_, _, p)| p.pointer("/delta/text")?.as_str().map(Into::into))
        .collect::<Vec<String>>()
        .concat();
    assert!(text.contains("🎉🎊 日本語 👩‍👩‍👧 \u{10FFFF}"), "{text}");
}

/// Streams in all, and those of them that their clients hang up on.
const STREAMS: usize = 1_000;
const HANG_UPS: usize = 200;

/// A stream of `letters` and more: a forced tool's argument has to be that long.
fn forced(letters: usize) -> String {
    let properties = serde_json::json!({"story": {"type": "string", "minLength": letters}});
    let schema =
        serde_json::json!({"type": "object", "properties": properties, "required": ["story"]});
    serde_json::json!({
        "messages": [{"role": "user", "content": [{"text": "Tell me a long story"}]}],
        "toolConfig": {
            "tools": [{"toolSpec": {"name": "tell", "inputSchema": {"json": schema}}}],
            "toolChoice": {"tool": {"name": "tell"}},
        },
    })
    .to_string()
}

/// A connection that little fits into, so that it is the mock that has to wait: segments are small,
/// for the kernel sizes its buffers by them.
async fn narrow(address: std::net::SocketAddr) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    socket2::SockRef::from(&socket).set_tcp_mss(1_000).unwrap();
    socket.connect(address).await.unwrap()
}

/// Waits until the number of open streams is right; the limit is only for a failing test.
async fn until(server: &MockServer, right: impl Fn(u64) -> bool, otherwise: &str) {
    let wait = async {
        while !right(server.open_streams()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), wait).await;
    assert!(waited.is_ok(), "{otherwise}: {}", server.open_streams());
}

/// More is due to each client that hangs up than buffers hold, and none reads more than the start: what
/// is open afterwards can only have ended because the mock let go of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_streams_with_hang_ups_leave_nothing_behind() {
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let server = MockServer::start().await.unwrap();
    let path = format!("/model/{MODEL}/converse-stream");
    // Scripted, in pieces of a thousand letters: it is sending them that is looked at.
    let script = |asked: &str, pieces: usize| {
        let chunks = vec!["a bit of it ".repeat(80); pieces];
        let reply = serde_json::json!({"content": [{"chunks": chunks}]});
        serde_json::json!({"name": asked, "match": {"lastUser": asked}, "reply": reply})
    };
    let scripts = serde_json::json!({"scenarios": [script("long", 800), script("short", 2)]});
    server.scenarios_json(&scripts.to_string()).unwrap();
    let ask = |asked: &str| Arc::new(post(&server, &path, &HELLO.replace("Hello", asked)));
    let (long, short) = (ask("long"), ask("short"));
    // Everybody has a stream before anybody reads on or hangs up.
    let started = Arc::new(Barrier::new(STREAMS + 1));
    let go = Arc::new(Barrier::new(STREAMS + 1));
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..STREAMS {
        let hangs_up = i < HANG_UPS;
        let bytes = Arc::clone(if hangs_up { &long } else { &short });
        let (address, started, go) = (server.address(), Arc::clone(&started), Arc::clone(&go));
        tasks.spawn(async move {
            let mut socket = match hangs_up {
                true => narrow(address).await,
                false => TcpStream::connect(address).await.unwrap(),
            };
            socket.write_all(&bytes).await.unwrap();
            // Peeked at, so that the bytes are still there for the whole answer.
            let mut first = [0; 12];
            let peeked = socket.peek(&mut first).await.unwrap();
            assert!(peeked > 0 && b"HTTP/1.1 200".starts_with(&first[..peeked]));
            started.wait().await;
            go.wait().await;
            if hangs_up {
                // In the middle, half of them with a reset.
                if i % 2 == 0 {
                    socket.set_zero_linger().unwrap();
                }
                return;
            }
            let answer = wire::read(&mut socket, false).await;
            assert_eq!(decode(&answer.body).last().unwrap().0, "metadata");
        });
    }
    tokio::select! {
        _ = started.wait() => {}
        Some(failed) = tasks.join_next() => panic!("no stream: {failed:?}"),
        () = tokio::time::sleep(Duration::from_secs(150)) => panic!("streams do not start"),
    }
    let stalled = server.open_streams();
    assert!(stalled >= HANG_UPS as u64, "only {stalled} streams stall");
    go.wait().await;
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    until(&server, |open| open == 0, "left open after hang-ups").await;

    let request = post(&server, &format!("/model/{MODEL}/converse"), HELLO);
    assert_eq!(exchange(&server, &request).await.status, 200);
}

/// The same size read to its end: it is megabytes, and the mock does send them all.
#[tokio::test]
async fn a_stream_of_megabytes_comes_whole() {
    let server = MockServer::start().await.unwrap();
    let path = format!("/model/{MODEL}/converse-stream");
    let answer = exchange(&server, &post(&server, &path, &forced(300_000))).await;
    assert!(answer.body.len() > 2_000_000, "{}", answer.body.len());
    let events = decode(&answer.body);
    assert_eq!(events.last().unwrap().0, "metadata");
    let argument: String = events
        .iter()
        .filter_map(|(_, _, p)| p.pointer("/delta/toolUse/input")?.as_str())
        .collect();
    let argument: Value = serde_json::from_str(&argument).unwrap();
    assert!(argument["story"].as_str().unwrap().len() >= 300_000);
    until(&server, |open| open == 0, "left open after its end").await;
}

#[tokio::test]
async fn a_stop_lets_open_exchanges_finish() {
    let server = MockServer::start().await.unwrap();
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    let bytes = post(&server, &format!("/model/{MODEL}/converse-stream"), HELLO);
    // The request is half sent when the stop comes.
    let (head, tail) = bytes.split_at(bytes.len() - 10);
    socket.write_all(head).await.unwrap();
    let address = server.address();
    // The mock has the connection once it answers on another one.
    assert_eq!(
        exchange(&server, &post(&server, "/model/x/converse", HELLO))
            .await
            .status,
        400
    );
    let stopping = tokio::spawn(server.stop());
    socket.write_all(tail).await.unwrap();
    let answer = wire::read(&mut socket, false).await;
    assert_eq!(answer.status, 200);
    assert_eq!(decode(&answer.body).last().unwrap().0, "metadata");
    assert!(stopping.await.unwrap().is_empty());
    assert!(TcpStream::connect(address).await.is_err());
}
