//! How runs end: exit codes, budgets, deviations, what is skipped, shards.

use std::fs;

use crate::suite::{
    answer, case, code, converse, json_answer, one, run, serve, suite, text, write_cases,
};
use serde_json::{Value, json};

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
    // Answers that state their usage give back what they did not cost.
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
    assert_eq!(code(&output), 7, "nothing was shown: {}", text(&output));
    assert!(
        text(&output).contains("2 informational"),
        "{}",
        text(&output)
    );
}

#[test]
fn a_wrong_claim_is_reported_before_anything_runs() {
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
    assert!(told.contains("does not state its account"), "{told}");
}
