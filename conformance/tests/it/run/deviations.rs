//! Declared deviations: what they excuse, and how they go stale.

use std::fs;

use crate::suite::{
    case, code, converse, json_answer, one, run, run_target, serve, serve_raw, suite, target, text,
    write_cases,
};
use serde_json::{Value, json};

/// Exit code and words of a run under these entries.
fn judged(url: &str, expect: &Value, entries: &Value) -> (i32, String) {
    let folder = one(expect);
    let file = folder.path().join("known.json");
    fs::write(&file, json!({"deviations": entries}).to_string()).expect("a file");
    let file = file.to_str().expect("a path");
    let output = run(folder.path(), url, &["--deviations", file]);
    (code(&output), text(&output))
}

#[test]
fn an_entry_without_a_part_is_strict_too() {
    let entries = json!([{"case": "a/one", "outcome": "fails", "reason": "all of it"}]);
    let wrong = serve(|_| json_answer(201, &json!({"nothing": "right"})));
    let (exit, told) = judged(&wrong, &json!({"status": 200}), &entries);
    assert_eq!(exit, 0, "{told}");
    let right = serve(|_| json_answer(200, &converse()));
    let (exit, told) = judged(&right, &json!({"status": 200}), &entries);
    assert_eq!(exit, 1, "{told}");
    assert!(told.contains("take the entry out"), "{told}");
}

#[test]
fn a_path_excuses_what_is_below_it_and_nothing_else() {
    let entry = |path: &str| json!([{"case": "a/one", "part": "body", "path": path, "outcome": "fails", "reason": "known"}]);
    let mut body = converse();
    body["usage"] = json!({"inputTokens": "1", "outputTokens": 2, "totalTokens": 3});
    let one_fault = {
        let body = body.clone();
        serve(move |_| json_answer(200, &body))
    };
    let expect = json!({"status": 200});
    assert_eq!(judged(&one_fault, &expect, &entry("/usage")).0, 0);
    assert_eq!(judged(&one_fault, &expect, &entry("/us")).0, 1);
    body["surprise"] = json!(1);
    let two_faults = serve(move |_| json_answer(200, &body));
    let (exit, told) = judged(&two_faults, &expect, &entry("/usage"));
    assert_eq!(exit, 1, "{told}");
    assert!(told.contains("body (step 0): fail"), "{told}");
    assert!(told.contains("body (step 0): deviates: known"), "{told}");
}

#[test]
fn what_is_unsupported_is_asked_for_all_the_same() {
    let entries = json!([{"case": "a/one", "outcome": "unsupported", "reason": "not built"}]);
    let wrong = serve(|_| json_answer(404, &json!({})));
    let (exit, told) = judged(&wrong, &json!({"status": 200}), &entries);
    assert_eq!(exit, 4, "{told}");
    assert!(told.contains("declared unsupported: not built"), "{told}");
    let right = serve(|_| json_answer(200, &converse()));
    let (exit, told) = judged(&right, &json!({"status": 200}), &entries);
    assert_eq!(exit, 1, "{told}");
    assert!(told.contains("declared to be unsupported"), "{told}");
}

#[test]
fn a_missing_answer_is_a_matter_of_the_end() {
    let url = serve_raw(|_| {});
    let entries = |part: &str| json!([{"case": "a/one", "part": part, "outcome": "fails", "reason": "it hangs up"}]);
    let (exit, told) = judged(&url, &json!({"status": 200}), &entries("end"));
    assert_eq!(exit, 0, "{told}");
    assert_eq!(judged(&url, &json!({"status": 200}), &entries("body")).0, 1);
}

#[test]
fn flaky_needs_a_rate_and_is_nothing_for_what_the_suite_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("known.json");
    let path = file.to_str().expect("a path");
    for (entry, words) in [
        (json!({"outcome": "flaky"}), "needs \"rate\""),
        (json!({"outcome": "flaky", "rate": 0.1}), "does not start"),
    ] {
        let mut entry = entry;
        entry["case"] = json!("converse/*");
        entry["reason"] = json!("x");
        fs::write(&file, json!({"deviations": [entry]}).to_string()).expect("a file");
        let output = suite(&[
            "run",
            "--target",
            "mock",
            "--no-derived",
            "--deviations",
            path,
        ]);
        assert_eq!(code(&output), 2, "{}", text(&output));
        assert!(text(&output).contains(words), "{}", text(&output));
    }
}

#[test]
fn how_an_answer_is_written_binds_only_those_who_say_so() {
    let url = serve(|_| json_answer(200, &converse()));
    let names = ["Date", "x-amzn-RequestId", "Content-Type"];
    let keys = json!({"$keys": ["usage", "metrics", "output", "stopReason"]});
    let expect = json!({
        "status": 200, "header_names": names, "headers": {"server": "none"}, "body": keys,
    });
    let folder = one(&expect);
    write_cases(
        &folder.path().join("cases"),
        &[("a/right", case(&json!({"status": 200})).to_string())],
    );
    let output = run(folder.path(), &url, &[]);
    let told = text(&output);
    assert_eq!(code(&output), 0, "{told}");
    assert!(told.contains("2 passed"), "{told}");
    let exact = target(folder.path(), &url, &json!({"form": "exact"}));
    let output = run_target(folder.path(), &exact, &["--no-smoke"]);
    assert_eq!(code(&output), 1, "{}", text(&output));
    assert!(text(&output).contains("/order") || text(&output).contains("at order"));
    // What clients read binds everybody.
    for expect in [
        json!({"status": 200, "header_names": ["x-amzn-ErrorType"]}),
        json!({"status": 200, "body": {"$keys": ["metrics", "output", "usage"]}}),
    ] {
        let folder = one(&expect);
        assert_eq!(code(&run(folder.path(), &url, &[])), 1, "{expect}");
    }
}
