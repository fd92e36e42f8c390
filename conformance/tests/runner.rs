//! Whole runs against servers of canned answers: verdicts, evidence, exit codes.

mod suite;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use suite::{answer, case, code, converse, json_answer, serve, suite, text, write_cases};

fn run(folder: &Path, url: &str, more: &[&str]) -> std::process::Output {
    let cases = folder.join("cases");
    let mut arguments = vec![
        "run",
        "--target",
        "url",
        "--url",
        url,
        "--no-smoke",
        "--cases",
        cases.to_str().expect("a path"),
    ];
    arguments.extend(more);
    suite(&arguments)
}

fn one(expect: &Value) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write_cases(
        &folder.path().join("cases"),
        &[("a/one", case(expect).to_string())],
    );
    folder
}

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
            json!({"status": 200, "headers": {"connection": {"$absent": true}}}),
            "no such header",
        ),
        (
            "headers",
            json_answer(200, &converse()),
            json!({"status": 200, "header_names": ["Content-Type"]}),
            "x-amzn-RequestId",
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
        assert!(seen.contains("run --target url a/one"), "{seen}");
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
        (
            b"data: {\"messageStart\":{}}\n\n".to_vec(),
            Some(("stream", "checksum is wrong")),
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

#[test]
fn a_wrong_file_is_2_with_its_place_and_nothing_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    write_cases(
        &folder.path().join("cases"),
        &[
            ("a/good", case(&json!({"status": 200})).to_string()),
            ("a/bad", "{\"title\": 1}".to_owned()),
        ],
    );
    let output = run(folder.path(), "http://127.0.0.1:1", &[]);
    assert_eq!(code(&output), 2);
    assert!(
        text(&output).contains("bad.json:1:11: \"title\" is a string, this is a number"),
        "{}",
        text(&output)
    );

    let output = suite(&["run", "--target", "nowhere"]);
    assert_eq!(code(&output), 2);
    assert!(
        text(&output).contains("there are aws, mock, url"),
        "{}",
        text(&output)
    );
    // Money needs a word.
    let output = suite(&["run", "--target", "aws"]);
    assert_eq!(code(&output), 2);
    assert!(text(&output).contains("--max-usd"), "{}", text(&output));
}

#[test]
fn a_target_that_is_not_there_is_3() {
    let folder = one(&json!({"status": 200}));
    let output = run(folder.path(), "http://127.0.0.1:1", &[]);
    assert_eq!(code(&output), 3, "{}", text(&output));
    let output = suite(&["run", "--binary", "/nowhere/bedrock-mock"]);
    assert_eq!(code(&output), 3, "{}", text(&output));
}

#[test]
fn nothing_selected_or_nothing_that_can_run_is_4() {
    let url = serve(|_| json_answer(200, &converse()));
    let folder = one(&json!({"status": 200}));
    assert_eq!(code(&run(folder.path(), &url, &["b"])), 4);
    assert_eq!(
        code(&run(folder.path(), &url, &["a/on"])),
        4,
        "half a word selects nothing"
    );
    let output = run(folder.path(), &url, &["--without", "converse"]);
    assert_eq!(code(&output), 4);
    assert!(
        text(&output).contains("does not claim \"converse\""),
        "{}",
        text(&output)
    );
}

#[test]
fn the_budget_stops_before_it_is_spent_and_says_5() {
    let url = serve(|_| json_answer(200, &converse()));
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("dear.json");
    let stated = json!({
        "about": "costs", "kind": "aws", "region": "us-west-2", "urls": {"default": url},
        "capabilities": ["converse"], "concurrency": 1, "roles": {"text-cheap": "m"},
        "prices": {"default": [1.0, 1.0]}
    });
    fs::write(&target, stated.to_string()).expect("a file");
    let mut free = case(&json!({"status": 200}));
    free.as_object_mut().expect("an object").remove("billable");
    free["steps"][0]["send"]["as"] = json!("none");
    let paid = case(&json!({"status": 200})).to_string();
    let cases = folder.path().join("cases");
    // Answers that tell their usage give back what they did not cost.
    write_cases(
        &cases,
        &[
            ("a/paid", paid.clone()),
            ("b/paid", paid),
            ("c/free", free.to_string()),
        ],
    );
    let arguments = |dollars| {
        suite(&[
            "run",
            "--no-smoke",
            "--target",
            target.to_str().expect("a path"),
            "--cases",
            cases.to_str().expect("a path"),
            "--max-usd",
            dollars,
        ])
    };
    let output = arguments("1.5");
    assert_eq!(code(&output), 0, "{}", text(&output));
    let output = arguments("0.5");
    assert_eq!(code(&output), 5, "{}", text(&output));
    assert!(
        text(&output).contains("1 passed"),
        "what is free runs first: {}",
        text(&output)
    );
}

#[test]
fn deviations_are_strict() {
    let url = serve(|_| json_answer(201, &converse()));
    let folder = one(&json!({"status": 200}));
    let file = folder.path().join("deviations.json");
    let judged = |entries: &Value, url: &str| {
        fs::write(&file, json!({"deviations": entries}).to_string()).expect("a file");
        run(
            folder.path(),
            url,
            &["--deviations", file.to_str().expect("a path")],
        )
    };
    let known =
        json!([{"case": "a/one", "part": "status", "outcome": "fails", "reason": "it is so"}]);
    let output = judged(&known, &url);
    assert_eq!(code(&output), 0, "{}", text(&output));
    assert!(
        text(&output).contains("1 deviate as declared"),
        "{}",
        text(&output)
    );

    let other_part = json!([{"case": "a/*", "part": "body", "outcome": "fails", "reason": "x"}]);
    assert_eq!(code(&judged(&other_part, &url)), 1);

    let right = serve(|_| json_answer(200, &converse()));
    let output = judged(&known, &right);
    assert_eq!(code(&output), 1, "{}", text(&output));
    assert!(
        text(&output).contains("take the entry out"),
        "{}",
        text(&output)
    );

    let dead =
        json!([known[0], {"case": "b/gone", "part": "body", "outcome": "fails", "reason": "x"}]);
    let output = judged(&dead, &url);
    assert_eq!(code(&output), 6, "{}", text(&output));
    let past = json!([{"case": "a/one", "part": "status", "outcome": "fails", "reason": "x", "until": "2020-01-01"}]);
    assert_eq!(code(&judged(&past, &url)), 6);
    let unsupported = json!([{"case": "a/one", "outcome": "unsupported", "reason": "x"}]);
    assert_eq!(code(&judged(&unsupported, &url)), 4);
}

#[test]
fn guesses_do_not_count_and_information_never_does() {
    let url = serve(|_| json_answer(201, &converse()));
    let mut guess = case(&json!({"status": 200}));
    guess["basis"] = json!({"kind": "assumed"});
    let mut info = case(&json!({"status": 200}));
    info["level"] = json!("info");
    let folder = tempfile::tempdir().expect("a folder");
    write_cases(
        &folder.path().join("cases"),
        &[("a/guess", guess.to_string()), ("a/info", info.to_string())],
    );
    let output = run(folder.path(), &url, &[]);
    assert_eq!(code(&output), 0, "{}", text(&output));
    assert!(
        text(&output).contains("2 differ, only told"),
        "{}",
        text(&output)
    );
}

#[test]
fn a_claim_that_is_wrong_is_told_before_anything_runs() {
    let url = serve(|_| answer(404, "text/plain", b"nothing here", ""));
    let output = suite(&["run", "--target", "url", "--url", &url, "converse"]);
    assert_eq!(code(&output), 2, "{}", text(&output));
    assert!(
        text(&output).contains("target url claims \"converse\", but smoke/converse fails"),
        "{}",
        text(&output)
    );
}

#[test]
fn shards_hold_every_case_once() {
    let count = |shard: &str| {
        let output = suite(&["list", "--shard", shard]);
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut all: Vec<String> = (1..=3)
        .flat_map(|part| count(&format!("{part}/3")))
        .collect();
    all.sort();
    let mut whole = count("1/1");
    whole.sort();
    assert_eq!(all, whole);
    assert_eq!(code(&suite(&["list", "--shard", "4/3"])), 2);
}

/// A gateway has a model for one row and not for the other, and says of no account that it is its own.
#[test]
fn what_a_target_has_no_model_for_is_skipped_row_by_row() {
    let url = serve(|_| json_answer(200, &converse()));
    let folder = tempfile::tempdir().expect("a folder");
    let mut rows = case(&json!({"status": 200}));
    rows["params"] = json!([
        {"name": "here", "model": "${role.text-cheap}"},
        {"name": "elsewhere", "model": "${role.text-kimi}"},
        {"name": "own", "model": "arn:aws:bedrock:us-west-2:${account}:inference-profile/x"},
    ]);
    rows["steps"][0]["send"]["input"]["modelId"] = json!("${row.model}");
    write_cases(
        &folder.path().join("cases"),
        &[("a/rows", rows.to_string())],
    );
    let output = run(folder.path(), &url, &[]);
    let told = text(&output);
    assert_eq!(code(&output), 0, "{told}");
    assert!(told.contains("1 passed, 2 skipped"), "{told}");
    assert!(
        told.contains("no model for the role \"text-kimi\""),
        "{told}"
    );
    assert!(told.contains("does not say which account"), "{told}");
}
