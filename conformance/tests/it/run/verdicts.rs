//! Complete runs against servers of canned answers: verdicts and evidence.

use std::fs;

use crate::suite::{answer, case, code, converse, json_answer, one, run, serve, text, write_cases};
use serde_json::{Value, json};

#[test]
fn a_right_answer_is_0_and_its_report_is_whole() {
    let url = serve(|_| json_answer(200, &converse()));
    let folder =
        one(&json!({"status": 200, "body": {"stopReason": "end_turn"}, "sorted_keys": true}));
    let report = folder.path().join("report.jsonl");
    let output = run(
        folder.path(),
        &url,
        &["--report", report.to_str().expect("a path")],
    );
    assert_eq!(code(&output), 0, "{}", text(&output));

    let lines = fs::read_to_string(&report).expect("the report");
    assert!(!lines.contains("a-secret-key"), "a secret is in the report");
    let events: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(events[0]["event"], "header");
    assert_eq!(events[1]["event"], "exchange");
    let parts: Vec<_> = events
        .iter()
        .filter(|event| event["event"] == "part")
        .map(|event| (event["part"].as_str(), event["verdict"].as_str()))
        .collect();
    assert_eq!(
        parts,
        ["status", "headers", "body", "end"].map(|part| (Some(part), Some("pass")))
    );
    let footer = events.last().expect("a footer");
    assert_eq!(
        (&footer["event"], &footer["outcome"]),
        (&json!("footer"), &json!("finished"))
    );
    assert_eq!(footer["passed"], 1);
}

#[test]
fn each_part_fails_alone_and_says_why() {
    let ok = json!({"status": 200});
    let twisted = |change: fn(&mut Value)| {
        let mut body = converse();
        change(&mut body);
        json_answer(200, &body)
    };
    let table: Vec<(&str, Vec<u8>, Value, &str)> = vec![
        (
            "status",
            json_answer(201, &converse()),
            ok.clone(),
            "seen     201",
        ),
        (
            "headers",
            answer(
                200,
                "application/x-amz-json-1.1",
                converse().to_string().as_bytes(),
                "",
            ),
            ok.clone(),
            "application/x-amz-json-1.1",
        ),
        (
            "body",
            twisted(|body| body["surprise"] = json!(1)),
            ok.clone(),
            "has surprise",
        ),
        (
            "body",
            twisted(|body| {
                body.as_object_mut().unwrap().remove("usage");
            }),
            ok.clone(),
            "lacks usage",
        ),
        (
            "body",
            twisted(|body| body["trace"] = Value::Null),
            ok.clone(),
            "/trace",
        ),
        (
            "body",
            json_answer(200, &converse()),
            json!({"status": 200, "body": {"stopReason": "tool_use"}}),
            "expected \"tool_use\"",
        ),
        (
            "end",
            {
                let whole = json_answer(200, &converse());
                let text = String::from_utf8(whole).expect("text");
                text.replace("Content-Length: ", "Content-Length: 9")
                    .into_bytes()
            },
            ok.clone(),
            "before the end",
        ),
        (
            "headers",
            json_answer(200, &converse()),
            json!({"status": 200, "headers": {"content-length": {"$absent": true}}}),
            "no such header",
        ),
        (
            "headers",
            json_answer(200, &converse()),
            json!({"status": 200, "header_names": ["x-amzn-Absent"]}),
            "seen     no such header",
        ),
        (
            "status",
            answer(
                400,
                "application/json",
                b"{\"message\":\"x\"}",
                "x-amzn-ErrorType: ThrottlingException\r\n",
            ),
            json!({"error": {"type": "ThrottlingException", "message": "x"}}),
            "429, the status of ThrottlingException",
        ),
        (
            "headers",
            answer(
                400,
                "application/json",
                b"{\"message\":\"x\"}",
                "x-amzn-ErrorType: ConflictException\r\n",
            ),
            json!({"status": 400}),
            "a type that Converse lists",
        ),
        (
            "headers",
            answer(400, "application/json", b"{\"message\":\"x\"}", ""),
            json!({"status": 400}),
            "x-amzn-ErrorType",
        ),
        (
            "body",
            answer(
                400,
                "application/json",
                b"{\"error\":\"x\"}",
                "x-amzn-ErrorType: ValidationException\r\n",
            ),
            json!({"status": 400}),
            "the error's text",
        ),
    ];
    for (part, bytes, expect, words) in table {
        let url = serve(move |_| bytes.clone());
        let folder = one(&expect);
        let output = run(folder.path(), &url, &[]);
        let seen = text(&output);
        assert_eq!(code(&output), 1, "{seen}");
        assert!(
            seen.contains(&format!("  {part} (step 0): fail")),
            "{part}: {seen}"
        );
        assert!(seen.contains(words), "{words}: {seen}");
        assert!(seen.contains("why: A reason."), "{seen}");
        assert!(seen.contains(" --no-smoke a/one\n"), "{seen}");
    }
}

/// One event-stream frame, by the test's own hand.
fn frame(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut head = Vec::new();
    for (name, value) in headers {
        head.push(u8::try_from(name.len()).expect("short"));
        head.extend_from_slice(name.as_bytes());
        head.push(7);
        head.extend_from_slice(&u16::try_from(value.len()).expect("short").to_be_bytes());
        head.extend_from_slice(value.as_bytes());
    }
    let number = |length: usize| u32::try_from(length).expect("short").to_be_bytes();
    let mut out = number(16 + head.len() + payload.len()).to_vec();
    out.extend_from_slice(&number(head.len()));
    out.extend_from_slice(&crc(&out).to_be_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(payload);
    out.extend_from_slice(&crc(&out).to_be_bytes());
    out
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (0_u32.wrapping_sub(crc & 1)));
        }
    }
    !crc
}

fn event(name: &str, payload: &str) -> Vec<u8> {
    frame(
        &[
            (":event-type", name),
            (":content-type", "application/json"),
            (":message-type", "event"),
        ],
        payload.as_bytes(),
    )
}

fn good_stream() -> Vec<Vec<u8>> {
    vec![
        event("messageStart", r#"{"p":"ab","role":"assistant"}"#),
        event(
            "contentBlockDelta",
            r#"{"contentBlockIndex":0,"delta":{"text":"Hi"},"p":"ab"}"#,
        ),
        event("contentBlockStop", r#"{"contentBlockIndex":0,"p":"ab"}"#),
        event("messageStop", r#"{"p":"ab","stopReason":"end_turn"}"#),
        event(
            "metadata",
            r#"{"metrics":{"latencyMs":1},"p":"ab","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}"#,
        ),
    ]
}

#[test]
fn streams_are_judged_frame_by_frame() {
    let grammar = json!({"status": 200, "stream": {
        "grammar": "messageStart (contentBlockStart? contentBlockDelta+ contentBlockStop)+ messageStop metadata",
        "joined": {"/delta/text": "Hi"}}, "end": "clean"});
    let changed = |change: fn(&mut Vec<Vec<u8>>)| {
        let mut frames = good_stream();
        change(&mut frames);
        frames.concat()
    };
    // Body, and which part fails with which words.
    type Broken = Option<(&'static str, &'static str)>;
    let table: Vec<(Vec<u8>, Broken)> = vec![
        (good_stream().concat(), None),
        (
            changed(|frames| {
                frames.pop();
            }),
            Some(("stream", "expected messageStart")),
        ),
        // What aimock and fakecloud send: a start event without a member of its union.
        (
            changed(|frames| {
                frames.insert(
                    1,
                    event("contentBlockStart", r#"{"contentBlockIndex":0,"start":{}}"#),
                )
            }),
            Some(("stream", "is a union (ContentBlockStart) and has 0 members")),
        ),
        (
            changed(|frames| {
                frames[1] = event(
                    "contentBlockDelta",
                    r#"{"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"Hi"}}}"#,
                )
            }),
            Some(("stream", "lacks delta")),
        ),
        (
            changed(|frames| {
                let at = frames[2].len() - 1;
                frames[2][at] ^= 1;
            }),
            Some(("stream", "the frame's checksum is wrong")),
        ),
        (
            changed(|frames| {
                frames[2][9] ^= 1;
            }),
            Some(("stream", "the prelude's checksum is wrong")),
        ),
        (
            changed(|frames| {
                frames[4].pop();
            }),
            Some(("end", "the last frame is broken")),
        ),
        (
            changed(|frames| {
                frames[1] = event(
                    "contentBlockDelta",
                    r#"{"contentBlockIndex":0,"delta":{"text":"H"},"p":"ab"}"#,
                )
            }),
            Some(("stream", "seen     \"H\"")),
        ),
        (
            changed(|frames| frames.insert(4, event("ping", "{}"))),
            Some(("stream", "an event of ConverseStreamOutput")),
        ),
        (
            changed(|frames| {
                frames[0] = frame(
                    &[
                        (":message-type", "event"),
                        (":event-type", "messageStart"),
                        (":content-type", "application/json"),
                    ],
                    br#"{"role":"assistant"}"#,
                )
            }),
            Some(("stream", ":event-type or :exception-type")),
        ),
        (
            changed(|frames| {
                frames.truncate(2);
                frames.push(frame(
                    &[
                        (":exception-type", "throttlingException"),
                        (":content-type", "application/json"),
                        (":message-type", "exception"),
                    ],
                    br#"{"message":"x"}"#,
                ));
            }),
            Some(("end", "an exception is the last event")),
        ),
        // The same fault in two frames is reported once.
        (
            changed(|frames| {
                for (at, name, payload) in [
                    (0, "messageStart", r#"{"p":"ab","role":"assistant"}"#),
                    (2, "contentBlockStop", r#"{"contentBlockIndex":0,"p":"ab"}"#),
                ] {
                    let headers = [(":event-type", name), (":message-type", "event")];
                    frames[at] = frame(&headers, payload.as_bytes());
                }
            }),
            Some(("stream", "there is no :content-type (2 times, first here)")),
        ),
        (
            b"data: {\"messageStart\":{}}\n\n".to_vec(),
            Some(("stream", "seen     server-sent events")),
        ),
    ];
    for (index, (body, expected)) in table.into_iter().enumerate() {
        let url = serve(move |_| answer(200, "application/vnd.amazon.eventstream", &body, ""));
        let mut case = case(&grammar);
        case["steps"][0]["send"]["op"] = json!("ConverseStream");
        let folder = tempfile::tempdir().expect("a folder");
        write_cases(&folder.path().join("cases"), &[("a/one", case.to_string())]);
        let output = run(folder.path(), &url, &[]);
        let seen = text(&output);
        match expected {
            None => assert_eq!(code(&output), 0, "{seen}"),
            Some((part, words)) => {
                assert_eq!(code(&output), 1, "{index}: {seen}");
                assert!(
                    seen.contains(&format!("  {part} (step 0): fail")),
                    "{index}: {seen}"
                );
                assert!(seen.contains(words), "{index} {words}: {seen}");
            }
        }
    }
}
