//! Throttling and budgets: targets that are too busy, and targets that cost more than they may.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::suite::{
    answer, case, code, converse, json_answer, one, run, run_target, serve, suite, target, text,
    write_cases,
};
use serde_json::{Value, json};

fn throttled() -> Vec<u8> {
    let kind = "x-amzn-ErrorType: ThrottlingException\r\n";
    answer(
        429,
        "application/json",
        b"{\"message\":\"slow down\"}",
        kind,
    )
}

#[test]
fn a_refusal_unlike_those_of_the_service_is_judged() {
    let table = [
        answer(
            429,
            "text/html",
            b"{\"message\":\"x\"}",
            "x-amzn-ErrorType: ThrottlingException\r\n",
        ),
        json_answer(429, &json!({"message": "slow down"})),
        answer(
            429,
            "application/json",
            b"{}",
            "x-amzn-ErrorType: ThrottlingException\r\n",
        ),
        answer(
            503,
            "application/json",
            b"{\"message\":\"x\"}",
            "x-amzn-ErrorType: ServiceUnavailableException\r\n",
        ),
    ];
    for bytes in table {
        let url = serve(move |_| bytes.clone());
        let folder = one(&json!({"status": 200}));
        let output = run(folder.path(), &url, &[]);
        assert_eq!(code(&output), 1, "{}", text(&output));
    }
}

#[test]
fn a_service_that_is_too_busy_exits_7_and_is_so_in_every_report() {
    let url = serve(|_| throttled());
    let folder = one(&json!({"status": 200}));
    let report = folder.path().join("r.jsonl");
    let report = report.to_str().expect("a path");
    let output = run(folder.path(), &url, &["--report", report]);
    assert_eq!(code(&output), 7, "{}", text(&output));
    assert!(
        text(&output).contains("1 inconclusive"),
        "{}",
        text(&output)
    );

    let junit = text(&suite(&["report", report, "--format", "junit"]));
    assert!(junit.contains("failures=\"0\" errors=\"1\""), "{junit}");
    assert!(
        junit.contains("<error message=\"inconclusive\">"),
        "{junit}"
    );
    let tap = text(&suite(&["report", report, "--format", "tap"]));
    assert!(tap.contains("\nnot ok 1 - a/one\n"), "{tap}");

    // One row with a verdict is not enough.
    let first = AtomicUsize::new(0);
    let url = serve(move |_| match first.fetch_add(1, Ordering::Relaxed) {
        0 => json_answer(200, &converse()),
        _ => throttled(),
    });
    let again = case(&json!({"status": 200})).to_string();
    write_cases(&folder.path().join("cases"), &[("a/two", again)]);
    let output = run(folder.path(), &url, &["--concurrency", "1"]);
    assert_eq!(code(&output), 7, "{}", text(&output));
}

#[test]
fn a_case_about_throttling_is_judged_by_it() {
    let url = serve(|_| throttled());
    let folder = one(&json!({"status": 429}));
    let output = run(folder.path(), &url, &[]);
    assert_eq!(code(&output), 0, "{}", text(&output));
    let folder = one(&json!({"error": {"type": "ThrottlingException", "message": "other"}}));
    let output = run(folder.path(), &url, &[]);
    assert_eq!(code(&output), 1, "{}", text(&output));
}

/// A target that costs a dollar for a million tokens, in or out.
fn costly(folder: &tempfile::TempDir, url: &str) -> String {
    let money = json!({"kind": "aws", "prices": {"default": [1.0, 1.0]}});
    target(folder.path(), url, &money)
}

#[test]
fn what_costs_more_than_its_case_says_ends_the_run() {
    let mut used = converse();
    used["usage"]["inputTokens"] = json!(1_000_000);
    let url = serve(move |_| json_answer(200, &used));
    let mut free = case(&json!({"status": 200}));
    free.as_object_mut().expect("an object").remove("billable");
    free["steps"][0]["send"]["as"] = json!("none");
    let folder = tempfile::tempdir().expect("a folder");
    let cases: Vec<(String, String)> = (0..9)
        .map(|n| (format!("a/{n}"), free.to_string()))
        .collect();
    let cases: Vec<_> = cases
        .iter()
        .map(|(id, text)| (id.as_str(), text.clone()))
        .collect();
    write_cases(&folder.path().join("cases"), &cases);
    let target = costly(&folder, &url);
    let report = folder.path().join("r.jsonl");
    let report = report.to_str().expect("a path");
    let output = run_target(
        folder.path(),
        &target,
        &["--no-smoke", "--max-usd", "1.5", "--report", report],
    );
    assert_eq!(code(&output), 5, "{}", text(&output));
    assert!(
        text(&output).contains("$2.0000 were spent"),
        "{}",
        text(&output)
    );
    let lines = fs::read_to_string(report).expect("a report");
    let footer: Value =
        serde_json::from_str(lines.lines().last().expect("a footer")).expect("JSON");
    assert_eq!(
        (&footer["passed"], &footer["outcome"]),
        (&json!(2), &json!("stopped"))
    );

    let tap = text(&suite(&["report", report, "--format", "tap"]));
    assert!(tap.contains("\nBail out! $2.0000 were spent"), "{tap}");
    let junit = text(&suite(&["report", report, "--format", "junit"]));
    assert!(
        junit.contains("<error message=\"stopped: $2.0000"),
        "{junit}"
    );
}

#[test]
fn asking_again_is_paid_for_again() {
    // The case costs a dollar at most, and a refusal does not say that it cost nothing.
    let url = serve(|_| throttled());
    let folder = one(&json!({"status": 200}));
    let target = costly(&folder, &url);
    let output = run_target(folder.path(), &target, &["--no-smoke", "--max-usd", "1.5"]);
    assert_eq!(code(&output), 5, "{}", text(&output));
    assert!(
        text(&output).contains("exceeded the budget"),
        "{}",
        text(&output)
    );
}
