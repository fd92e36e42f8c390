//! Mistakes in a command line or a file exit 2 and are reported with their place; so is a selection that
//! selects nothing.

use std::fs;

use crate::suite::{
    answer, case, code, converse, json_answer, one, run, run_target, serve, suite, target, text,
    write_cases,
};
use serde_json::{Value, json};

#[test]
fn mistakes_of_the_command_line_are_2() {
    let folder = one(&json!({"status": 200}));
    let bad = folder.path().join("bad.pem");
    fs::write(&bad, "no certificate").expect("a file");
    let bad = bad.to_str().expect("a path");
    for (arguments, words) in [
        (&["run", "--target", "url"][..], "has no URL"),
        (
            &["run", "--target", "url", "--url", "notaurl"],
            "begins neither with http://",
        ),
        (
            &[
                "run",
                "--target",
                "url",
                "--url",
                "https://h",
                "--ca-file",
                bad,
            ],
            "bad.pem",
        ),
        (
            &[
                "run",
                "--target",
                "url",
                "--url",
                "http://h",
                "--without",
                "wings",
            ],
            "no such capability",
        ),
        (&["run", "--derived", "--no-derived"], "cannot be used with"),
    ] {
        let output = suite(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", text(&output));
        assert!(text(&output).contains(words), "{words}: {}", text(&output));
    }
}

#[test]
fn mistakes_of_target_files_are_2_with_their_place() {
    let folder = one(&json!({"status": 200}));
    for (other, words) in [
        (json!({"timeout_ms": 0}), "a number of milliseconds from 1"),
        (json!({"deadline_ms": 0}), "a number of milliseconds from 1"),
        (
            json!({"urls": {"bedrok": "http://h"}}),
            "there is no service \"bedrok\"",
        ),
        (
            json!({"prices": {"text-cheep": [1, 1]}}),
            "there is no role \"text-cheep\"",
        ),
        (json!({"form": "some"}), "\"form\" is exact or names"),
        (json!({"counts": []}), "\"counts\" is empty"),
    ] {
        let target = target(folder.path(), "http://127.0.0.1:1", &other);
        let output = run_target(folder.path(), &target, &[]);
        assert_eq!(code(&output), 2, "{}", text(&output));
        assert!(
            text(&output).contains("target.json:1:") || words.contains("empty"),
            "{}",
            text(&output)
        );
        assert!(text(&output).contains(words), "{words}: {}", text(&output));
    }
}

#[test]
fn mistakes_of_cases_are_found_without_a_target() {
    let with = |change: fn(&mut Value)| {
        let mut case = case(&json!({"status": 200}));
        change(&mut case);
        case.to_string()
    };
    for (text_of_case, words) in [
        (
            with(|case| case["basis"] = json!({"kind": "observed", "date": "2999-01-01"})),
            "is in the future",
        ),
        (
            with(|case| case["steps"][0]["expect"]["status"] = json!(2000)),
            "from 100 to 599",
        ),
        (
            with(|case| case["steps"][0]["expect"]["status"] = json!({"$oneof": [200, 99]})),
            "from 100 to 599",
        ),
        (
            with(|case| case["steps"][0]["send"]["input"]["messages"] = json!({"$repeat": ["x"]})),
            "how often",
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        write_cases(folder.path(), &[("a/one", text_of_case)]);
        let output = suite(&["check", folder.path().to_str().expect("a path")]);
        assert_eq!(code(&output), 2, "{}", text(&output));
        assert!(text(&output).contains("one.json:1:"), "{}", text(&output));
        assert!(text(&output).contains(words), "{words}: {}", text(&output));
    }
}

#[test]
fn members_that_the_model_lacks_are_reported_unless_they_are_meant() {
    let mut strange = case(&json!({"status": 200}));
    strange["steps"][0]["send"]["input"]["inferenceConfig"] = json!({"maxTokenz": 1});
    let folder = tempfile::tempdir().expect("a folder");
    let checked = |case: &Value| {
        write_cases(folder.path(), &[("a/one", case.to_string())]);
        let output = suite(&["check", folder.path().to_str().expect("a path")]);
        assert_eq!(code(&output), 0, "{}", text(&output));
        text(&output)
    };
    let told = checked(&strange);
    assert!(
        told.contains("warning") && told.contains("/inferenceConfig has maxTokenz"),
        "{told}"
    );
    strange["steps"][0]["send"]["unknown"] = json!(["/inferenceConfig/maxTokenz"]);
    assert!(!checked(&strange).contains("warning"));
    strange["steps"][0]["send"]["unknown"] = json!(["/inferenceConfig/maxTokens"]);
    assert!(
        checked(&strange).contains("maxTokens"),
        "an entry of no use is told"
    );
}

#[test]
fn nothing_is_never_a_success() {
    let folder = one(&json!({"status": 200}));
    let empty = tempfile::tempdir().expect("a folder");
    let path = empty.path().to_str().expect("a path");
    let output = suite(&["run", "--cases", path]);
    assert_eq!(code(&output), 4, "{}", text(&output));
    assert!(
        text(&output).contains("there is no case in this folder"),
        "{}",
        text(&output)
    );
    assert_eq!(code(&suite(&["check", path])), 2);

    let url = serve(|_| json_answer(200, &converse()));
    let report = folder.path().join("r.jsonl");
    let report = report.to_str().expect("a path");
    assert_eq!(code(&run(folder.path(), &url, &["--report", report])), 0);
    let output = suite(&["snapshots", report, "--against", path]);
    assert_eq!(code(&output), 2, "{}", text(&output));
}

#[test]
fn derived_rows_that_are_left_out_are_reported() {
    let output = suite(&[
        "run",
        "--target",
        "url",
        "--url",
        "http://127.0.0.1:1",
        "converse/plain-text",
        "--no-smoke",
    ]);
    assert_eq!(code(&output), 3, "{}", text(&output));
    assert!(
        text(&output).contains("add --derived to judge them"),
        "{}",
        text(&output)
    );
    let rows = |more: &[&str]| {
        let mut arguments = vec!["list", "--target", "url"];
        arguments.extend(more);
        text(&suite(&arguments))
            .lines()
            .filter(|line| line.starts_with("derived/"))
            .count()
    };
    assert_eq!(rows(&[]), 0);
    assert!(rows(&["--derived"]) > 100);
}

#[test]
fn credentials_are_sent_only_where_they_are_wanted() {
    let url = serve(|_| json_answer(200, &converse()));
    let mut both = case(&json!({"status": 200}));
    both["needs"] = json!(["sts"]);
    let folder = one(&json!({"status": 200}));
    write_cases(&folder.path().join("cases"), &[("b/sts", both.to_string())]);
    let report = folder.path().join("r.jsonl");
    let path = report.to_str().expect("a path");
    let output = run(folder.path(), &url, &["--no-credentials", "--report", path]);
    assert_eq!(code(&output), 0, "{}", text(&output));
    let lines = fs::read_to_string(&report).expect("a report");
    assert!(!lines.contains("Authorization"), "{lines}");

    // With an API key alone nothing that wants a signature can be judged.
    let keys = json!({
        "capabilities": ["converse", "sts", "iam", "sigv4"],
        "credentials": {"prefers": "bearer", "bearer": {"env": "AWS_BEARER_TOKEN_BEDROCK"}}
    });
    let target = target(folder.path(), &url, &keys);
    let output = run_target(folder.path(), &target, &["--no-smoke"]);
    assert_eq!(code(&output), 0, "{}", text(&output));
    let words = "\"sts\" needs a key pair, and there is none";
    assert!(text(&output).contains(words), "{}", text(&output));
}

#[test]
fn what_a_target_sends_never_steers_the_terminal() {
    let body = "\u{1b}[2J\u{9b}1m\u{202e}\nagain: rm -rf /\r\n</failure>";
    let url = serve(move |_| {
        answer(
            200,
            "application/json",
            body.as_bytes(),
            "X-Evil: \u{9b}\r\n",
        )
    });
    let folder = one(&json!({"status": 200}));
    let report = folder.path().join("r.jsonl");
    let report = report.to_str().expect("a path");
    let output = run(folder.path(), &url, &["--report", report]);
    let mut told = vec![("run", text(&output))];
    for form in ["tap", "markdown", "html", "junit"] {
        told.push((form, text(&suite(&["report", report, "--format", form]))));
    }
    for (form, text) in told {
        let steering = |c: char| (c.is_control() && !"\n\t".contains(c)) || c == '\u{202e}';
        assert!(!text.contains(steering), "{text}");
        assert!(text.contains("\\u001b[2J"), "{text}");
        // The page shows the bytes of the answer as they are, in a place of their own.
        let own = text.lines().any(|line| line.starts_with("again:"));
        assert!(!own || form == "html", "{form}: {text}");
    }
}
