//! Recordings, sent again: what is a difference, and what is not.

use std::fs;

use crate::suite::{answer, code, converse, json_answer, serve, suite, text};
use serde_json::{Value, json};

fn recording(body: &Value) -> Value {
    json!({
        "source": {"repo": "some/one"},
        "fidelity": {"header_order": "sorted by recorder", "header_case": "lowercased", "body": "exact"},
        "request": {
            "method": "POST", "host": "bedrock-runtime.us-east-1.amazonaws.com",
            "path": "/model/m/converse", "headers": [], "body": {"messages": []}
        },
        "response": {
            "status": 200,
            "headers": [["content-type", "application/json"], ["date", "Sat, 19 Sep 2026 09:24:35 GMT"], ["x-amzn-requestid", "x"]],
            "body_encoding": "json", "body": body
        }
    })
}

fn replayed(recording: &Value, answer: Vec<u8>) -> (i32, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("one.json"), recording.to_string()).expect("a file");
    // A body is text here, so the head can be changed as text.
    let answer = String::from_utf8(answer).expect("text").replacen(
        "x-amzn-",
        "Date: Sat, 19 Sep 2026 09:24:36 GMT\r\nx-amzn-",
        1,
    );
    let url = serve(move |_| answer.clone().into_bytes());
    let path = folder.path().to_str().expect("a path").to_owned();
    let output = suite(&["replay", &path, "--target", "url", "--url", &url]);
    (code(&output), text(&output))
}

#[test]
fn other_words_and_numbers_are_no_difference() {
    let mut other = converse();
    other["output"]["message"]["content"][0]["text"] = json!("Something else");
    other["metrics"]["latencyMs"] = json!(99);
    let (code, text) = replayed(&recording(&converse()), json_answer(200, &other));
    assert_eq!(code, 0, "{text}");
}

#[test]
fn another_form_is() {
    let changed = |change: fn(&mut Value)| {
        let mut body = converse();
        change(&mut body);
        json_answer(200, &body)
    };
    let table = vec![
        (json_answer(400, &json!({"message": "x"})), "expected 200"),
        (
            changed(|body| {
                body["usage"].as_object_mut().unwrap().remove("totalTokens");
            }),
            "at /usage",
        ),
        (
            changed(|body| body["usage"]["cached"] = json!(0)),
            "at /usage",
        ),
        (
            changed(
                |body| *body = json!({"output": body["output"], "metrics": body["metrics"], "stopReason": "x", "usage": body["usage"]}),
            ),
            "expected metrics, output",
        ),
        (
            answer(200, "text/plain", converse().to_string().as_bytes(), ""),
            "at content-type",
        ),
        (answer(200, "application/json", b"no", ""), "seen     no"),
    ];
    for (bytes, words) in table {
        let (code, text) = replayed(&recording(&converse()), bytes);
        assert_eq!(code, 1, "{text}");
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn members_that_came_later_are_no_difference_to_older_recordings() {
    let mut today = converse();
    today["usage"] =
        json!({"inputTokens": 1, "outputTokens": 2, "serverToolUsage": {}, "totalTokens": 3});
    let mut old = recording(&converse());
    old["response"]["headers"][1][1] = json!("Wed, 20 Aug 2025 09:24:35 GMT");
    assert_eq!(replayed(&old, json_answer(200, &today)).0, 0);
    assert_eq!(
        replayed(&recording(&converse()), json_answer(200, &today)).0,
        1
    );
}

#[test]
fn what_cannot_be_asked_for_is_skipped_and_what_is_no_recording_is_refused() {
    let mut refused = recording(&converse());
    refused["response"]["status"] = json!(503);
    let (exit, text) = replayed(&refused, json_answer(200, &converse()));
    assert_eq!(exit, 4, "{text}");
    let (exit, text) = replayed(&json!({"request": {}}), json_answer(200, &converse()));
    assert_eq!(exit, 2, "{text}");
    assert!(text.contains("it is not a recording"), "{text}");
}
