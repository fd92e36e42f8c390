//! Faults over HTTP/2, where they differ from HTTP/1.1: streams are reset, connections go on.

use crate::faults_seen;
use std::time::Duration;

use crate::faults_seen::{CONVERSE, HELLO, INVOKE_STREAM, MODEL, STREAM, decode, server, with};
use bedrock_mock::MockServer;
use bedrock_mock::faults::KINDS;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

/// What came over one HTTP/2 stream.
struct Seen {
    /// None if no head came.
    status: Option<u16>,
    /// What `content-length` says.
    length: Option<usize>,
    /// The pieces of the body, one for each DATA frame.
    pieces: Vec<usize>,
    body: Vec<u8>,
    /// How the stream broke, if it did not end.
    broken: Option<String>,
}

struct Client {
    sender: SendRequest<Full<Bytes>>,
    key: String,
    url: String,
}

impl Client {
    async fn new(server: &MockServer) -> Self {
        let socket = TcpStream::connect(server.address()).await.unwrap();
        let io = TokioIo::new(socket);
        let (sender, connection) = handshake(TokioExecutor::new(), io).await.unwrap();
        tokio::spawn(connection);
        Self {
            sender,
            key: server.api_key(),
            url: server.url(),
        }
    }

    async fn ask(&mut self, operation: &str) -> Seen {
        let request = Request::post(format!("{}/model/{MODEL}/{operation}", self.url))
            .header("authorization", format!("Bearer {}", self.key))
            .body(Full::from(HELLO))
            .unwrap();
        let asked = async {
            let mut seen = Seen {
                status: None,
                length: None,
                pieces: Vec::new(),
                body: Vec::new(),
                broken: None,
            };
            let answer = match self.sender.send_request(request).await {
                Ok(answer) => answer,
                Err(e) => {
                    seen.broken = Some(format!("{e:?}"));
                    return seen;
                }
            };
            seen.status = Some(answer.status().as_u16());
            let length = answer.headers().get("content-length");
            seen.length = length.map(|l| l.to_str().unwrap().parse().unwrap());
            let mut body = answer.into_body();
            while let Some(frame) = body.frame().await {
                match frame {
                    Ok(frame) => {
                        let data = frame.into_data().unwrap_or_default();
                        seen.pieces.push(data.len());
                        seen.body.extend_from_slice(&data);
                    }
                    Err(e) => seen.broken = Some(format!("{e:?}")),
                }
                if seen.broken.is_some() {
                    break;
                }
            }
            seen
        };
        let seen = tokio::time::timeout(Duration::from_secs(20), asked).await;
        seen.expect("the mock hangs")
    }
}

async fn ask(fault: &str, operation: &str) -> Seen {
    let server = with(fault).await;
    let mut client = Client::new(&server).await;
    let seen = client.ask(operation).await;
    // Whatever became of the stream, the connection serves the next one.
    server.reset_faults(None);
    let next = client.ask(CONVERSE).await;
    assert_eq!((next.status, next.broken), (Some(200), None), "{fault}");
    seen
}

/// The kinds that say that the two protocols differ, and the texts that say so.
#[tokio::test]
async fn every_kind_that_differs_is_seen() {
    let plain = Client::new(&server().await).await.ask(STREAM).await;
    assert!(plain.broken.is_none() && plain.body.len() > 500);
    let mut differing = 0;
    for about in KINDS.iter().filter(|about| about.http1 != about.h2) {
        differing += 1;
        match about.name {
            "reset-before-head" => {
                let seen = ask("reset-before-head", CONVERSE).await;
                assert_eq!(seen.status, None);
                assert_reset(&seen);
            }
            "reset-after-bytes" => {
                let seen = ask("reset-after-bytes:bytes=33", STREAM).await;
                assert_reset(&seen);
                assert_eq!(seen.body, plain.body[..33]);
                let whole = ask("reset-after-bytes:bytes=33", CONVERSE).await;
                assert_reset(&whole);
                assert!(whole.body.len() == 33 && whole.status == Some(200));
            }
            "reset-after-events" | "no-terminator" => {
                let seen = ask(&format!("{}:events=2", about.name), STREAM).await;
                assert_reset(&seen);
                let (events, why, rest) = decode(&seen.body);
                assert!(events.len() == 2 && why.is_none() && rest == 0);
                let none = ask(&format!("{}:events=0", about.name), STREAM).await;
                assert_reset(&none);
                assert_eq!((none.status, none.body.len()), (Some(200), 0));
            }
            "end-after-events" | "end-after-bytes" => {
                let unit = about.name.rsplit('-').next().unwrap();
                let seen = ask(&format!("{}:{unit}=3", about.name), STREAM).await;
                assert_eq!(seen.broken, None);
                assert!(!seen.body.is_empty() && plain.body.starts_with(&seen.body));
            }
            "rechunk" => {
                let seen = ask("rechunk:bytes=7", STREAM).await;
                // No piece reaches over a boundary; flow control may divide them further.
                let ends = seen.pieces.iter().scan(0, |at, size| {
                    *at += size;
                    Some(*at)
                });
                let ends: std::collections::HashSet<usize> = ends.collect();
                let missing: Vec<usize> = (7..plain.body.len())
                    .step_by(7)
                    .filter(|end| !ends.contains(end))
                    .collect();
                assert!(missing.is_empty(), "{missing:?} {:?}", seen.pieces);
                assert_eq!(seen.body, plain.body);
            }
            "coalesce" => {
                let seen = ask("coalesce", STREAM).await;
                assert_eq!(seen.body, plain.body);
                assert!(seen.pieces.len() <= 2, "{:?}", seen.pieces);
            }
            "truncate-body" => {
                let seen = ask("truncate-body:bytes=20", CONVERSE).await;
                assert_eq!(seen.body.len(), 20);
                assert!(seen.length.unwrap() > 20);
            }
            other => panic!("{other} has no case"),
        }
    }
    assert!(differing >= 9, "{differing}");
}

fn assert_reset(seen: &Seen) {
    let broken = seen.broken.as_deref().unwrap_or("it ended");
    assert!(
        broken.contains("Reset(") && broken.contains("INTERNAL_ERROR"),
        "{broken}"
    );
}

/// Those that are the same over both: one of each place where faults act.
#[tokio::test]
async fn the_others_are_the_same() {
    let seen = ask("ThrottlingException:retryAfter=1", CONVERSE).await;
    assert_eq!(seen.status, Some(429));
    let seen = ask(
        "stream-exception:error=ThrottlingException,events=1",
        STREAM,
    )
    .await;
    let (events, why, rest) = decode(&seen.body);
    assert!(why.is_none() && rest == 0 && seen.broken.is_none());
    assert!(events[1].exception && events[1].name == "throttlingException");
    let seen = ask("corrupt-message-crc:frame=1", STREAM).await;
    assert!(decode(&seen.body).1.unwrap().contains("checksum"));
    let seen = ask("stall:events=1,ms=50", INVOKE_STREAM).await;
    assert_eq!(seen.status, Some(400));
    let seen = ask("delay:ms=50", CONVERSE).await;
    assert_eq!(seen.status, Some(200));
}

/// A stream that never goes on, and one that is reset, do not disturb the streams beside them.
#[tokio::test]
async fn streams_of_one_connection_break_alone() {
    let server = with("stall:events=1,first=1").await;
    let client = Client::new(&server).await;
    let mut stuck = Client {
        sender: client.sender.clone(),
        key: client.key.clone(),
        url: client.url.clone(),
    };
    let stuck = tokio::spawn(async move { stuck.ask(STREAM).await });
    let opened = async {
        while server.open_streams() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), opened)
        .await
        .unwrap();
    let mut beside = client;
    faults_seen::add(
        &server,
        "reset-after-events:events=1,first=1,operation=ConverseStream",
    );
    assert_reset(&beside.ask(STREAM).await);
    assert_eq!(beside.ask(STREAM).await.broken, None);
    assert_eq!(server.open_streams(), 1);
    stuck.abort();
}
