//! Streams: decoded by Amazon's own frame decoder, in great numbers, and cut off by clients.
#![allow(missing_docs, clippy::unwrap_used, clippy::needless_pass_by_value)]

mod wire;

use std::time::Duration;

use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use bedrock_mock::MockServer;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use wire::{HELLO, MODEL, exchange, post};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_streams_with_hang_ups_leave_nothing_behind() {
    let server = MockServer::start().await.unwrap();
    let bytes = post(&server, &format!("/model/{MODEL}/converse-stream"), &long());
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..1_000 {
        let (address, bytes) = (server.address(), bytes.clone());
        tasks.spawn(async move {
            let mut socket = TcpStream::connect(address).await.unwrap();
            socket.write_all(&bytes).await.unwrap();
            // Peeked at, so that the bytes are still there for the whole answer.
            let mut first = [0; 12];
            assert!(socket.peek(&mut first).await.unwrap() > 0);
            assert!(first.starts_with(b"HTTP/1.1"));
            if i % 3 == 0 {
                // Hangs up in the middle, some of them with a reset.
                if i % 2 == 0 {
                    socket.set_zero_linger().unwrap();
                }
                return;
            }
            let answer = wire::read(&mut socket, false).await;
            assert_eq!(decode(&answer.body).last().unwrap().0, "metadata");
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    // Hang-ups are noticed when the next frame is written; the limit is only for a failing test.
    let gone = async {
        while server.open_streams() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone)
        .await
        .expect("streams stay open after their clients left");
    assert_eq!(
        exchange(
            &server,
            &post(&server, &format!("/model/{MODEL}/converse"), HELLO)
        )
        .await
        .status,
        200
    );
}

fn long() -> String {
    serde_json::json!({"messages": [{"role": "user", "content": [{"text": "Tell me a long story about a mock, ".repeat(40)}]}]}).to_string()
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
