//! Each kind of fault as a raw HTTP/1.1 socket sees it, frames judged by Amazon's own decoder. Long,
//! because there are 37 kinds and a table of them is what must be complete.

use std::time::{Duration, Instant};

use crate::faults_seen::*;
use bedrock_mock::faults::{Fault, KINDS};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Every kind has its case here, and each case starts from an answer without faults.
#[tokio::test]
async fn every_kind_is_seen() {
    let plain = Plain {
        whole: ask(&server().await, CONVERSE).await,
        stream: ask(&server().await, STREAM).await,
    };
    assert!(plain.whole.complete && plain.stream.complete);
    assert!(plain.stream.names().len() > 8);
    for about in KINDS {
        // A stuck case is named.
        let case = tokio::time::timeout(Duration::from_secs(30), case(about.name, &plain)).await;
        assert!(case.is_ok(), "{} hangs", about.name);
    }
}

struct Plain {
    whole: Seen,
    stream: Seen,
}

impl Plain {
    fn names(&self) -> Vec<String> {
        self.stream.names()
    }

    /// Bytes of the first `n` frames.
    fn bytes_of(&self, n: usize) -> usize {
        let mut at = 0;
        for _ in 0..n {
            let total = self.stream.body[at..at + 4].try_into().unwrap();
            at += u32::from_be_bytes(total) as usize;
        }
        at
    }
}

async fn case(kind: &str, plain: &Plain) {
    match kind {
        "exception" => {
            let server =
                with("ModelErrorException:retryAfter=2,originalStatusCode=500,resourceName=m")
                    .await;
            let seen = ask(&server, CONVERSE).await;
            assert_eq!(seen.status, 424);
            assert_eq!(seen.header("retry-after"), Some("2"));
            assert!(seen.head.contains("\nRetry-After: 2"), "{}", seen.head);
            let kind = seen.header("x-amzn-errortype").unwrap();
            assert!(kind.starts_with("ModelErrorException:http://"), "{kind}");
            let body = seen.json();
            assert_eq!(body["originalStatusCode"], 500);
            assert_eq!(body["resourceName"], "m");
        }
        "delay" => {
            let server = with("delay:ms=200").await;
            let since = Instant::now();
            assert_eq!(ask(&server, CONVERSE).await.status, 200);
            assert!(since.elapsed() >= Duration::from_millis(200));
        }
        "hang" => {
            let server = with("hang").await;
            assert_silent(&server, CONVERSE, 0).await;
        }
        "reset-before-head" => {
            let seen = ask(&with("reset-before-head").await, CONVERSE).await;
            assert!(seen.reset && seen.head.is_empty(), "{seen:?}");
        }
        "stream-exception" => {
            let fault = "stream-exception:error=ModelStreamErrorException,events=3,originalStatusCode=500,originalMessage=boom";
            let events = ask(&with(fault).await, STREAM).await.events();
            assert_eq!(events.len(), 4);
            let last = &events[3];
            assert!(last.exception && last.name == "modelStreamErrorException");
            let said = "The system encountered an unexpected error during processing. Try your request again.";
            let expected =
                json!({"message": said, "originalMessage": "boom", "originalStatusCode": 500});
            assert_eq!(last.payload, expected);
        }
        "end-after-events" => {
            let seen = ask(&with("end-after-events:events=3").await, STREAM).await;
            assert!(seen.complete && !seen.reset);
            assert_eq!(seen.names(), plain.names()[..3]);
            let none = ask(&with("end-after-events:events=0").await, STREAM).await;
            assert!(none.complete && none.body.is_empty());
        }
        "end-after-bytes" => {
            for n in [0, 1, 11, 150, plain.bytes_of(2)] {
                let seen = ask(&with(&format!("end-after-bytes:bytes={n}")).await, STREAM).await;
                assert!(seen.complete && !seen.reset, "{n}");
                assert_eq!(seen.body, plain.stream.body[..n]);
            }
        }
        "reset-after-events" => {
            let seen = ask(&with("reset-after-events:events=2").await, STREAM).await;
            assert!(seen.reset && !seen.complete);
            assert_eq!(seen.body, plain.stream.body[..plain.bytes_of(2)]);
            let seen = ask(&with("reset-after-events:events=0").await, STREAM).await;
            assert!(seen.reset && seen.status == 200 && seen.body.is_empty());
        }
        "reset-after-bytes" => {
            let seen = ask(&with("reset-after-bytes:bytes=33").await, STREAM).await;
            assert!(seen.reset && !seen.complete);
            assert_eq!(seen.body, plain.stream.body[..33]);
            let whole = ask(&with("reset-after-bytes:bytes=33").await, CONVERSE).await;
            assert!(whole.reset && whole.status == 200);
            assert_eq!(whole.body, plain.whole.body[..33]);
        }
        "no-terminator" => {
            let seen = ask(&with("no-terminator").await, STREAM).await;
            assert!(!seen.complete && !seen.reset);
            assert_eq!(seen.names(), plain.names());
            let early = ask(&with("no-terminator:events=3").await, STREAM).await;
            assert!(!early.complete && !early.reset);
            assert_eq!(early.names(), plain.names()[..3]);
        }
        "stall" => {
            let since = Instant::now();
            let seen = ask(&with("stall:events=3,ms=200").await, STREAM).await;
            assert!(since.elapsed() >= Duration::from_millis(200));
            assert_eq!(seen.body, plain.stream.body);
            let sent = plain.bytes_of(3);
            assert_silent(&with("stall:events=3").await, STREAM, sent).await;
        }
        "pacing" => {
            let since = Instant::now();
            let server = with("pacing:firstEventMs=100,eventsPerSecond=100").await;
            let seen = ask(&server, STREAM).await;
            let pauses = 10 * (plain.names().len() as u64 - 1);
            let least = Duration::from_millis(100 + pauses);
            assert!(since.elapsed() >= least, "{:?}", since.elapsed());
            assert_eq!(seen.body, plain.stream.body);
        }
        "corrupt-prelude-crc" => {
            let seen = ask(&with("corrupt-prelude-crc:frame=2").await, STREAM).await;
            let (events, why, _) = seen.decoded();
            assert_eq!(events.len(), 2);
            assert!(why.unwrap().contains("prelude"), "{seen:?}");
        }
        "corrupt-message-crc" => {
            let seen = ask(&with("corrupt-message-crc:frame=2").await, STREAM).await;
            let (events, why, _) = seen.decoded();
            assert_eq!(events.len(), 2);
            assert!(why.unwrap().contains("message checksum"), "{seen:?}");
        }
        "wrong-length" => {
            let seen = ask(&with("wrong-length:frame=1,by=8").await, STREAM).await;
            let (events, why, _) = seen.decoded();
            assert!(events.len() == 1 && why.is_some(), "{why:?}");
            let seen = ask(
                &with("wrong-length:frame=1,field=headers,by=-3").await,
                STREAM,
            )
            .await;
            let (events, why, _) = seen.decoded();
            assert!(events.len() == 1 && why.is_some(), "{why:?}");
        }
        "oversized-frame" => {
            let seen = ask(&with("oversized-frame:frame=1").await, STREAM).await;
            assert!(seen.complete && seen.body.len() > 26_214_400);
            let at = plain.bytes_of(1);
            let total = u32::from_be_bytes(seen.body[at..at + 4].try_into().unwrap());
            assert!(total > 25 * 1024 * 1024);
        }
        "rechunk" => {
            for n in [1, 7, 1000] {
                let seen = ask(&with(&format!("rechunk:bytes={n}")).await, STREAM).await;
                let (last, all) = seen.chunks.split_last().unwrap();
                assert!(all.iter().all(|size| *size == n) && *last <= n);
                assert_eq!(seen.body, plain.stream.body);
            }
        }
        "coalesce" => {
            let seen = ask(&with("coalesce").await, STREAM).await;
            assert_eq!(seen.chunks, [plain.stream.body.len()]);
            assert_eq!(seen.body, plain.stream.body);
            let pairs = ask(&with("coalesce:frames=2").await, STREAM).await;
            assert_eq!(pairs.chunks[0], plain.bytes_of(2));
            assert_eq!(pairs.chunks.len(), plain.names().len().div_ceil(2));
            assert_eq!(pairs.body, plain.stream.body);
        }
        "duplicate-event" => {
            let seen = ask(&with("duplicate-event:index=1").await, STREAM).await;
            let mut expected = plain.names();
            expected.insert(1, expected[1].clone());
            assert_eq!(seen.names(), expected);
            let seen = ask(&with("duplicate-event:name=messageStop").await, STREAM).await;
            assert_eq!(count(&seen, "messageStop"), 2);
        }
        "reorder-events" => {
            let seen = ask(&with("reorder-events:index=0").await, STREAM).await;
            let mut expected = plain.names();
            expected.swap(0, 1);
            assert_eq!(seen.names(), expected);
            let last = plain.names().len() - 1;
            let seen = ask(&with(&format!("reorder-events:index={last}")).await, STREAM).await;
            assert_eq!(seen.names(), plain.names());
        }
        "drop-event" => {
            let seen = ask(&with("drop-event:name=contentBlockDelta").await, STREAM).await;
            assert_eq!(count(&seen, "contentBlockDelta"), 0);
            let seen = ask(
                &with("drop-event:name=contentBlockDelta,index=0").await,
                STREAM,
            )
            .await;
            assert_eq!(seen.names().len(), plain.names().len() - 1);
            let seen = ask(&with("drop-event:index=0").await, STREAM).await;
            assert_eq!(seen.names(), plain.names()[1..]);
        }
        "unknown-event" => {
            let seen = ask(
                &with("unknown-event:events=2,name=laterEvent").await,
                STREAM,
            )
            .await;
            let mut expected = plain.names();
            expected.insert(2, "laterEvent".into());
            assert_eq!(seen.names(), expected);
        }
        "wrong-event-type" => {
            let seen = ask(&with("wrong-event-type").await, STREAM).await;
            assert_eq!(count(&seen, "chunk"), plain.names().len());
        }
        "unknown-union-member" => {
            let events = ask(&with("unknown-union-member").await, STREAM)
                .await
                .events();
            let delta = &events[1].payload["delta"];
            assert_eq!(*delta, json!({"futureContent": {"value": "?"}}));
            assert_eq!(events[1].payload["contentBlockIndex"], 0);
            assert_eq!(text(&events), text(&plain.stream.events()));
        }
        "empty-text-start" => {
            let events = ask(&with("empty-text-start").await, STREAM).await.events();
            assert_eq!(events[1].name, "contentBlockStart");
            assert_eq!(events[1].payload["start"], json!({}));
            assert_eq!(events.len(), plain.names().len() + 1);
        }
        "double-wrapped-payload" => {
            let events = ask(&with("double-wrapped-payload").await, STREAM)
                .await
                .events();
            assert_eq!(
                events[0].payload,
                json!({"messageStart": {"role": "assistant"}})
            );
        }
        "unwrapped-chunk" => {
            let events = ask(&with("unwrapped-chunk").await, INVOKE_STREAM)
                .await
                .events();
            assert_eq!(events[0].payload["type"], "message_start");
            // ConverseStream has no chunks, so the rule does not concern it.
            assert_eq!(
                ask(&with("unwrapped-chunk").await, STREAM).await.body,
                plain.stream.body
            );
        }
        "no-padding" => {
            let events = ask(&with("no-padding").await, STREAM).await.events();
            assert!(events.iter().all(|e| e.payload.get("p").is_none()));
            assert_eq!(text(&events), text(&plain.stream.events()));
        }
        "zero-usage" => {
            let seen = ask(&with("zero-usage").await, CONVERSE).await.json();
            assert_eq!(seen["usage"]["inputTokens"], 0);
            assert_eq!(seen["metrics"]["latencyMs"], 0);
            let events = ask(&with("zero-usage").await, STREAM).await.events();
            assert_eq!(events.last().unwrap().payload["usage"]["totalTokens"], 0);
            let seen = ask(&with("zero-usage").await, "invoke").await;
            assert_eq!(seen.header("x-amzn-bedrock-output-token-count"), Some("0"));
            assert_eq!(seen.json()["usage"]["output_tokens"], 0);
        }
        "sse-inside" => {
            let seen = ask(&with("sse-inside:events=2").await, STREAM).await;
            assert_eq!(
                seen.header("content-type"),
                Some("application/vnd.amazon.eventstream")
            );
            let at = plain.bytes_of(2);
            assert_eq!(seen.body[..at], plain.stream.body[..at]);
            let rest = std::str::from_utf8(&seen.body[at..]).unwrap();
            assert!(rest.starts_with("data: {\"contentBlockDelta\":{"), "{rest}");
        }
        "json-error-with-200" => {
            for operation in [CONVERSE, STREAM] {
                let seen = ask(&with("json-error-with-200").await, operation).await;
                assert_eq!(seen.status, 200);
                assert_eq!(seen.header("content-type"), Some("application/json"));
                assert_eq!(seen.header("x-amzn-errortype"), None);
                let said = "Too many requests, please wait before trying again.";
                assert_eq!(seen.json(), json!({ "message": said }));
            }
        }
        "truncate-body" => {
            let length = plain.whole.body.len();
            for (fault, left) in [
                ("truncate-body", length / 2),
                ("truncate-body:bytes=20", 20),
                ("truncate-body:bytes=99999", length - 1),
            ] {
                let seen = ask(&with(fault).await, CONVERSE).await;
                assert!(!seen.complete && !seen.reset, "{fault}");
                assert_eq!(seen.header("content-length"), Some(&*length.to_string()));
                assert_eq!(seen.body, plain.whole.body[..left]);
            }
        }
        "body-not-json" => {
            let seen = ask(&with("body-not-json").await, CONVERSE).await;
            assert!(seen.status == 200 && seen.complete && seen.body.starts_with(b"<html>"));
        }
        "missing-request-id" => {
            for operation in [CONVERSE, STREAM] {
                let seen = ask(&with("missing-request-id").await, operation).await;
                assert_eq!(seen.header("x-amzn-requestid"), None);
                assert_eq!(seen.status, 200);
            }
        }
        "wrong-error-type" => {
            let server = with("wrong-error-type:value=ns#ThrottlingException").await;
            assert_eq!(ask(&server, CONVERSE).await.body, plain.whole.body);
            add(&server, "ValidationException");
            let seen = ask(&server, CONVERSE).await;
            assert_eq!(seen.status, 400);
            assert_eq!(
                seen.header("x-amzn-errortype"),
                Some("ns#ThrottlingException")
            );
            let server = with("wrong-error-type").await;
            add(&server, "ValidationException");
            let seen = ask(&server, CONVERSE).await;
            assert_eq!((seen.status, seen.header("x-amzn-errortype")), (400, None));
        }
        "wrong-status" => {
            let server = with("wrong-status:status=400").await;
            assert_eq!(ask(&server, CONVERSE).await.status, 200);
            add(&server, "ThrottlingException");
            let seen = ask(&server, CONVERSE).await;
            assert_eq!(seen.status, 400);
            let kind = seen.header("x-amzn-errortype").unwrap();
            assert!(kind.starts_with("ThrottlingException:"), "{kind}");
        }
        "foreign-error-body" => {
            let server = with("foreign-error-body").await;
            add(&server, "ThrottlingException");
            let seen = ask(&server, CONVERSE).await;
            assert_eq!(seen.status, 429);
            assert_eq!(seen.header("x-amzn-errortype"), None);
            assert!(seen.json()["error"]["message"].is_string());
        }
        other => panic!("{other} has no case"),
    }
}

fn count(seen: &Seen, name: &str) -> usize {
    seen.names().iter().filter(|n| *n == name).count()
}

/// So many bytes of the body come, and then nothing; the mock lets go when the client leaves.
async fn assert_silent(server: &bedrock_mock::MockServer, operation: &str, body: usize) {
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    let path = format!("/model/{MODEL}/{operation}");
    let bytes = request(server, &path, HELLO);
    socket.write_all(bytes.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    let more = async { while socket.read_buf(&mut all).await.unwrap() > 0 {} };
    // What must not happen can only be waited for.
    let closed = tokio::time::timeout(Duration::from_millis(300), more).await;
    assert!(closed.is_err(), "the mock closed the connection");
    let head = all.windows(4).position(|w| w == b"\r\n\r\n");
    match (head, body) {
        (None, 0) => assert!(all.is_empty()),
        (head, body) => assert!(all.len() - head.unwrap() > body),
    }
    drop(socket);
    let gone = async {
        while server.open_streams() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let gone = tokio::time::timeout(Duration::from_secs(10), gone).await;
    assert!(gone.is_ok(), "the stream outlives its client");
}

/// The model is the oracle: each exception of each operation that these tests call, by its name, with
/// the status that the model gives it.
#[tokio::test]
async fn each_modelled_exception_comes_before_the_answer() {
    let model: Value = serde_json::from_str(bedrock_fixtures::models::BEDROCK_RUNTIME).unwrap();
    let mut seen_kinds = 0;
    for (operation, path) in [
        ("Converse", CONVERSE),
        ("ConverseStream", STREAM),
        ("InvokeModel", "invoke"),
        ("InvokeModelWithResponseStream", INVOKE_STREAM),
    ] {
        for error in model["operations"][operation]["errors"].as_array().unwrap() {
            let kind = error["shape"].as_str().unwrap();
            let status = &model["shapes"][kind]["error"]["httpStatusCode"];
            let server = with(&format!("{kind}:operation={operation}")).await;
            let seen = ask(&server, path).await;
            assert_eq!(seen.status, status.as_u64().unwrap() as u16, "{kind}");
            let told = seen.header("x-amzn-errortype").unwrap();
            let suffix = ":http://internal.amazon.com/coral/com.amazon.bedrock/";
            assert_eq!(told, format!("{kind}{suffix}"));
            assert!(!seen.json()["message"].as_str().unwrap().is_empty());
            assert_eq!(seen.header("retry-after"), None);
            seen_kinds += 1;
        }
    }
    assert!(seen_kinds > 30, "{seen_kinds}");
}

#[tokio::test]
async fn each_exception_of_the_models_has_words() {
    for (text, query) in [
        (bedrock_fixtures::models::BEDROCK_RUNTIME, false),
        (bedrock_fixtures::models::BEDROCK, false),
        (bedrock_fixtures::models::IAM, true),
        (bedrock_fixtures::models::STS, true),
    ] {
        let model: Value = serde_json::from_str(text).unwrap();
        let server = server().await;
        for (operation, o) in model["operations"].as_object().unwrap() {
            for error in o["errors"].as_array().into_iter().flatten() {
                let shape = error["shape"].as_str().unwrap();
                let code = model["shapes"][shape]["error"]["code"].as_str();
                for name in [Some(shape), code.filter(|_| query)].into_iter().flatten() {
                    add(&server, &format!("{name}:operation={operation}"));
                }
            }
            server.reset_faults(None);
        }
    }
}

#[tokio::test]
async fn each_modelled_exception_comes_inside_a_stream() {
    let model: Value = serde_json::from_str(bedrock_fixtures::models::BEDROCK_RUNTIME).unwrap();
    let mut seen_kinds = 0;
    for (output, path) in [
        ("ConverseStreamOutput", STREAM),
        ("ResponseStream", INVOKE_STREAM),
    ] {
        for (member, reference) in model["shapes"][output]["members"].as_object().unwrap() {
            let shape = reference["shape"].as_str().unwrap();
            if model["shapes"][shape]["exception"] != true {
                continue;
            }
            for events in [0, 2] {
                let fault = format!("stream-exception:error={shape},events={events},message=Sorry");
                let seen = ask(&with(&fault).await, path).await;
                assert!(seen.status == 200 && seen.complete);
                let got = seen.events();
                assert_eq!(got.len(), events + 1);
                let last = &got[events];
                assert!(last.exception && last.name == *member, "{last:?}");
                assert_eq!(last.payload, json!({"message": "Sorry"}));
                seen_kinds += 1;
            }
        }
    }
    assert!(seen_kinds >= 22, "{seen_kinds}");
}

/// The list that help texts, documents and the suite use is whole and true.
#[test]
fn the_list_of_kinds_is_complete() {
    let mut names: Vec<&str> = KINDS.iter().map(|about| about.name).collect();
    for about in KINDS {
        let example: Value = serde_json::from_str(about.example).unwrap();
        let members = example.as_object().unwrap();
        assert_eq!(members["kind"], about.name);
        let told = about.parameters.iter().map(|p| p.name);
        let expected: Vec<&str> = std::iter::once("kind").chain(told).collect();
        let given: Vec<&str> = members.keys().map(String::as_str).collect();
        assert_eq!(given, expected, "{}", about.name);
        // It reads, and writes itself as it was read.
        let fault: Fault = serde_json::from_value(example.clone()).unwrap();
        assert_eq!(serde_json::to_value(&fault).unwrap(), example);
        assert_eq!(fault.kind(), about.name);
        for (what, text) in [
            ("what", about.what),
            ("http1", about.http1),
            ("h2", about.h2),
        ] {
            assert!(!text.is_empty(), "{}: {what}", about.name);
        }
        let unknown = format!("{}:surelyNoParameter=1", about.name);
        let refused = bedrock_mock::faults::read_flag(&unknown)
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains("surelyNoParameter"),
            "{}: {refused}",
            about.name
        );
        // What is optional may be left out, what is required may not.
        for parameter in about.parameters {
            let mut without = example.clone();
            without
                .as_object_mut()
                .unwrap()
                .shift_remove(parameter.name);
            let read = serde_json::from_value::<Fault>(without);
            assert_eq!(
                read.is_err(),
                parameter.required,
                "{} {}",
                about.name,
                parameter.name
            );
        }
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), KINDS.len());
}

/// What left before a reset arrives, also when it is much: a client that reads sees all of it.
#[tokio::test]
async fn a_late_reset_loses_nothing() {
    let properties = json!({"story": {"type": "string", "minLength": 200_000}});
    let schema = json!({"type": "object", "properties": properties, "required": ["story"]});
    let body = json!({
        "messages": [{"role": "user", "content": [{"text": "Tell me a long story"}]}],
        "toolConfig": {
            "tools": [{"toolSpec": {"name": "tell", "inputSchema": {"json": schema}}}],
            "toolChoice": {"tool": {"name": "tell"}},
        },
    });
    let server = with("reset-after-bytes:bytes=1000000").await;
    let path = format!("/model/{MODEL}/{STREAM}");
    let seen = post(&server, &path, &body.to_string()).await;
    assert!(seen.reset);
    assert_eq!(seen.body.len(), 1_000_000);
}

/// Many slow streams at once take as long as one.
#[tokio::test]
async fn paced_streams_run_side_by_side() {
    let server =
        std::sync::Arc::new(with("pacing:firstEventMs=300,eventsPerSecond=50,jitter=0.5").await);
    let since = Instant::now();
    let mut streams = tokio::task::JoinSet::new();
    for _ in 0..300 {
        let server = std::sync::Arc::clone(&server);
        streams.spawn(async move { ask(&server, STREAM).await.names().len() });
    }
    let mut events = 0;
    while let Some(names) = streams.join_next().await {
        events = names.unwrap();
    }
    // One after the other they would take three hundred times as long as one.
    let one = Duration::from_millis(300 + 20 * events as u64);
    assert!(since.elapsed() < one * 60, "{:?}", since.elapsed());
}

/// SSE has neither checksums nor lengths: faults of frames leave its lines alone.
#[tokio::test]
async fn sse_is_no_frame() {
    let lines = async |fault: Option<&str>| {
        let server = server().await;
        if let Some(fault) = fault {
            add(&server, fault);
        }
        let answer = reqwest::Client::new()
            .post(format!("{}/model/{MODEL}/{STREAM}", server.url()))
            .bearer_auth(server.api_key())
            .header("accept", "text/event-stream")
            .body(HELLO)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        answer.text().await.unwrap()
    };
    // Paddings differ from request to request; where one ends is cut off here.
    let unpadded = |text: &str| {
        let cut = |line: &str| line.split(",\"p\":").next().unwrap().to_owned();
        text.lines().map(cut).collect::<Vec<_>>()
    };
    let plain = unpadded(&lines(None).await);
    assert!(plain.len() > 8);
    for kind in ["corrupt-prelude-crc", "corrupt-message-crc", "wrong-length"] {
        let broken = lines(Some(&format!("{kind}:frame=1"))).await;
        assert_eq!(unpadded(&broken), plain, "{kind}");
    }
}
