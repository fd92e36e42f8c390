//! What a report says to run does what was run; and what selects one case selects no other.

use std::fs;
use std::process::Command;

use crate::suite::{
    answer, case, code, converse, json_answer, one, run, run_target, serve, suite, target, text,
    write_cases,
};
use serde_json::json;

/// Runs a line that the suite printed, in a shell that finds the suite.
fn shell(line: &str) -> std::process::Output {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_bedrock-conformance"));
    let folder = program.parent().expect("a folder");
    let path = format!(
        "{}:{}",
        folder.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    Command::new("sh")
        .args(["-c", line])
        .env("PATH", path)
        .env("AWS_BEARER_TOKEN_BEDROCK", "a-secret-key")
        .output()
        .expect("a shell")
}

fn line_of(told: &str) -> String {
    let mut lines = told
        .lines()
        .filter_map(|line| line.trim().strip_prefix("again: "));
    lines
        .next()
        .unwrap_or_else(|| panic!("no line: {told}"))
        .to_owned()
}

#[test]
fn a_run_is_run_again_as_it_was() {
    let url = serve(|line| match line.contains("it%27s%20a%20model") {
        true => json_answer(201, &converse()),
        false => json_answer(200, &converse()),
    });
    let folder = one(&json!({"status": 200}));
    let deviations = folder.path().join("known ones.json");
    let none = json!({"deviations": [
        {"case": "a/*", "part": "end", "outcome": "flaky", "rate": 0.5, "reason": "x"}]});
    fs::write(&deviations, none.to_string()).expect("a file");
    let output = run(
        folder.path(),
        &url,
        &[
            "--role",
            "text-cheap=it's a model",
            "--region",
            "eu-west-1",
            "--without",
            "tools",
            "--max-usd",
            "9",
            "--deviations",
            deviations.to_str().expect("a path"),
        ],
    );
    assert_eq!(code(&output), 1, "{}", text(&output));
    let line = line_of(&text(&output));
    for option in [
        "--url",
        "--role",
        "--region",
        "--without",
        "--no-smoke",
        "--cases",
        "--max-usd",
        "--deviations",
    ] {
        assert!(line.contains(option), "{option}: {line}");
    }
    let again = shell(&line);
    assert_eq!(code(&again), 1, "{line}: {}", text(&again));
    assert!(text(&again).contains("eu-west-1"), "{}", text(&again));
    assert!(text(&again).contains("seen     201"), "{}", text(&again));
}

#[test]
fn a_smoke_failure_says_how_to_go_on() {
    let url = serve(|_| answer(404, "text/plain", b"nothing here", ""));
    let output = suite(&[
        "run",
        "--target",
        "url",
        "--url",
        &url,
        "converse/plain-text",
        "--no-derived",
    ]);
    assert_eq!(code(&output), 2, "{}", text(&output));
    let told = text(&output);
    for words in [
        "--without converse",
        "or --no-smoke",
        "headers x-amzn-ErrorType",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let again = shell(&line_of(&told));
    assert_eq!(code(&again), 1, "{}", text(&again));
}

/// Cases of one's own need no smoke cases of one's own; the command for them is then another.
#[test]
fn a_folder_without_smoke_cases_uses_those_of_the_suite() {
    let url = serve(|_| answer(404, "text/plain", b"nothing here", ""));
    let folder = one(&json!({"status": 404}));
    let target = target(folder.path(), &url, &json!({"capabilities": ["converse"]}));
    let output = run_target(folder.path(), &target, &[]);
    assert_eq!(code(&output), 2, "{}", text(&output));
    let line = line_of(&text(&output));
    assert!(line.ends_with("--no-smoke smoke/converse"), "{line}");
    let again = shell(&line);
    assert_eq!(code(&again), 1, "{line}: {}", text(&again));
}

#[test]
fn a_complete_id_selects_itself_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut rows = case(&json!({"status": 200}));
    rows["params"] = json!([{"name": "x"}, {"name": "x-long"}]);
    let plain = case(&json!({"status": 200})).to_string();
    write_cases(
        &folder.path().join("cases"),
        &[
            ("a/one", plain.clone()),
            ("a/one-more", plain),
            ("a/rows", rows.to_string()),
        ],
    );
    let cases = folder.path().join("cases");
    let listed = |id: &str| {
        let cases = cases.to_str().expect("a path");
        let output = suite(&["list", "--cases", cases, "--rows", "--no-derived", id]);
        let mut lines: Vec<_> = text(&output)
            .lines()
            .map(|line| {
                line.split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(listed("a/one"), ["a/one"]);
    assert_eq!(listed("a/one-more"), ["a/one-more"]);
    assert_eq!(listed("a/rows@x"), ["@x", "a/rows"]);
    assert_eq!(
        listed("a/"),
        ["@x", "@x-long", "a/one", "a/one-more", "a/rows"]
    );
}

#[test]
fn a_replay_is_run_again_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let recording = json!({
        "source": {"repo": "some/one"}, "fidelity": {"body": "exact"},
        "request": {"method": "POST", "host": "bedrock-runtime.us-east-1.amazonaws.com",
            "path": "/model/m/converse", "headers": [], "body": {"messages": []}},
        "response": {"status": 200, "headers": [["content-type", "application/json"]],
            "body_encoding": "json", "body": converse()}
    });
    for name in ["one.json", "one-more.json"] {
        fs::write(folder.path().join(name), recording.to_string()).expect("a file");
    }
    fs::write(folder.path().join("bad.json"), "{\"request\": {}}").expect("a file");
    let url = serve(|_| json_answer(400, &json!({"message": "no"})));
    let path = folder.path().to_str().expect("a path");
    let replay = |more: &[&str]| {
        suite(&[&["replay", path, "--target", "url", "--url", &url], more].concat())
    };
    let output = replay(&["--only", "replay/one"]);
    let told = text(&output);
    assert_eq!(code(&output), 1, "{told}");
    assert!(told.contains("1 failed"), "{told}");
    // One file that is no recording is reported, and the others are judged.
    assert!(
        told.contains("bad.json: it is not a recording: it has no response"),
        "{told}"
    );
    let again = shell(&line_of(&told));
    assert!(text(&again).contains("1 failed"), "{}", text(&again));

    let known = folder.path().join("known.txt");
    let entries = json!({"deviations": [
        {"case": "replay/*", "part": "status", "outcome": "fails", "reason": "it refuses all"}]});
    fs::write(&known, entries.to_string()).expect("a file");
    let known = known.to_str().expect("a path");
    let output = replay(&["--deviations", known]);
    assert_eq!(code(&output), 2, "a file is unread: {}", text(&output));
    assert!(
        text(&output).contains("2 deviate as declared"),
        "{}",
        text(&output)
    );
    fs::remove_file(folder.path().join("bad.json")).expect("a file");
    let output = replay(&["--deviations", known]);
    assert_eq!(code(&output), 0, "{}", text(&output));
}
