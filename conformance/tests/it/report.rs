//! Everything that is made of a run's events.

use std::fs;
use std::path::{Path, PathBuf};

use crate::suite::{case, code, converse, json_answer, serve, suite, text, write_cases};
use serde_json::{Value, json};

fn run(folder: &Path, url: &str, name: &str, more: &[&str]) -> PathBuf {
    let report = folder.join(name);
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
        "--report",
        report.to_str().expect("a path"),
    ];
    arguments.extend(more);
    suite(&arguments);
    report
}

/// A right case, a wrong one whose texts need escaping, and one that cannot run.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut wrong = case(&json!({"status": 200, "body": {"stopReason": "<&\"'>"}}));
    wrong["title"] = json!("A <b>title</b> & more");
    wrong["basis"] = json!({"kind": "observed", "date": "2020-01-01"});
    let mut skipped = case(&json!({"status": 200}));
    skipped["needs"] = json!(["sts"]);
    write_cases(
        &folder.path().join("cases"),
        &[
            ("a/right", case(&json!({"status": 200})).to_string()),
            ("a/wrong", wrong.to_string()),
            ("b/skipped", skipped.to_string()),
        ],
    );
    folder
}

fn form(report: &Path, form: &str) -> String {
    let output = suite(&["report", report.to_str().expect("a path"), "--format", form]);
    assert_eq!(code(&output), 0, "{}", text(&output));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn every_form_tells_the_failure_and_escapes_it() {
    let folder = folder();
    let url = serve(|_| json_answer(200, &converse()));
    let report = run(folder.path(), &url, "r.jsonl", &[]);

    let junit = form(&report, "junit");
    assert!(
        junit.contains("tests=\"3\" skipped=\"1\" failures=\"1\" errors=\"0\""),
        "{junit}"
    );
    assert!(
        junit.contains("A &lt;b&gt;title&lt;/b&gt; &amp; more"),
        "{junit}"
    );
    assert!(
        junit.contains("<skipped message=\"skip: the target does not claim"),
        "{junit}"
    );
    assert!(!junit.contains("<b>"), "{junit}");

    let tap = form(&report, "tap");
    assert!(tap.starts_with("TAP version 13\n1..3\n"), "{tap}");
    assert!(tap.contains("ok 1 - b/skipped # SKIP"), "{tap}");
    assert_eq!(tap.matches("\nnot ok ").count(), 1, "{tap}");

    let markdown = form(&report, "markdown");
    assert!(
        markdown.contains("| must / observed | 0 | 1 |"),
        "{markdown}"
    );
    assert!(
        markdown.contains("| must / modelled | 1 | 1 |"),
        "{markdown}"
    );
    assert!(
        markdown.contains("1 skipped: the target does not claim \"sts\""),
        "{markdown}"
    );

    let badge: Value = serde_json::from_str(&form(&report, "badge")).expect("JSON");
    assert_eq!(badge["message"], "0 of 1 observed");
    assert_eq!(badge["color"], "red");

    let html = form(&report, "html");
    for expected in [
        "A &lt;b&gt;title&lt;/b&gt; &amp; more",
        "<td><code>/stopReason</code>",
        "POST /model/amazon.nova-micro-v1%3A0/converse HTTP/1.1",
        "Authorization: Bearer …",
        "--no-smoke a/wrong</pre>",
        "last verified: 2020-01-01",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(!html.contains("a-secret-key"));
}

/// The lines of a run with each kind of event, and those of a merged report.
#[test]
fn every_line_follows_the_published_schema() {
    let schema = include_str!("../../data/events.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let folder = folder();
    let url = serve(|_| json_answer(200, &converse()));
    let whole = run(folder.path(), &url, "r.jsonl", &[]);
    let one = run(folder.path(), &url, "1.jsonl", &["--shard", "1/1"]);
    let merged = suite(&["merge", one.to_str().expect("a path")]);
    let mut kinds = std::collections::BTreeSet::new();
    for text in [fs::read_to_string(&whole).expect("a report"), text(&merged)] {
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).expect("JSON");
            if let Err(error) = schema.validate(&line) {
                panic!("{error}: {line}");
            }
            kinds.insert(line["event"].as_str().expect("a kind").to_owned());
        }
    }
    let kinds: Vec<_> = kinds.iter().map(String::as_str).collect();
    assert_eq!(kinds, ["exchange", "footer", "header", "part", "skip"]);
    assert!(!schema.is_valid(&json!({"event": "skip", "case": "a/b", "surplus": 1})));
}

/// Until 0.3.0.
#[test]
fn names_of_before_0_2_0_are_still_read() {
    let folder = folder();
    let cases = folder.path().join("cases");
    let mut info = case(&json!({"status": 201}));
    info["level"] = json!("info");
    write_cases(&cases, &[("c/info", info.to_string())]);
    let url = serve(|_| json_answer(200, &converse()));
    let report = run(folder.path(), &url, "r.jsonl", &[]);
    let now = fs::read_to_string(&report).expect("a report");
    assert!(now.contains("\"verdict\":\"informational\""), "{now}");
    assert!(now.contains("\"informational\":1"), "{now}");
    let old = folder.path().join("old.jsonl");
    fs::write(&old, now.replace("\"informational\"", "\"told\"")).expect("a file");
    let path = |path: &PathBuf| path.to_str().expect("a path").to_owned();
    let output = suite(&["diff", &path(&old), &path(&report)]);
    assert_eq!(text(&output), "no verdict is different\n");
    let merged = suite(&["merge", &path(&old)]);
    assert_eq!(code(&merged), 0, "{}", text(&merged));
    assert!(text(&merged).contains("\"informational\":1"));

    let as_tap = |option: &str| text(&suite(&["report", &path(&report), option, "tap"]));
    assert_eq!(as_tap("--form"), as_tap("--format"));
    assert!(as_tap("--form").starts_with("TAP"));
    for (old, new) in [("words", "vocabulary"), ("forms", "snapshots")] {
        let report = path(&report);
        let more: &[&str] = if old == "forms" { &[&report] } else { &[] };
        let printed = |command| text(&suite(&[&[command], more].concat()));
        assert_eq!(printed(old), printed(new));
        assert!(!printed(old).is_empty());
        assert!(!text(&suite(&["--help"])).contains(old), "{old} is hidden");
    }
}

#[test]
fn a_report_without_its_end_is_refused() {
    let folder = folder();
    let url = serve(|_| json_answer(200, &converse()));
    let report = run(folder.path(), &url, "r.jsonl", &[]);
    let whole = fs::read_to_string(&report).expect("a report");
    let cut: Vec<&str> = whole.lines().collect();
    fs::write(&report, cut[..cut.len() - 1].join("\n")).expect("a file");
    let output = suite(&["report", report.to_str().expect("a path")]);
    assert_eq!(code(&output), 2);
    assert!(
        text(&output).contains("it has no footer"),
        "{}",
        text(&output)
    );
}

#[test]
fn all_shards_merge_to_one_report_and_nothing_else_does() {
    let folder = folder();
    let url = serve(|_| json_answer(200, &converse()));
    let path = |path: &PathBuf| path.to_str().expect("a path").to_owned();
    let one = path(&run(folder.path(), &url, "1.jsonl", &["--shard", "1/2"]));
    let two = path(&run(folder.path(), &url, "2.jsonl", &["--shard", "2/2"]));
    let whole = run(folder.path(), &url, "whole.jsonl", &[]);

    let output = suite(&["merge", &one, &two]);
    assert_eq!(code(&output), 0, "{}", text(&output));
    let merged = folder.path().join("merged.jsonl");
    fs::write(&merged, &output.stdout).expect("a file");
    let output = suite(&["diff", &path(&whole), &path(&merged)]);
    assert_eq!(code(&output), 0);
    assert_eq!(text(&output), "no verdict is different\n");

    for (files, expected) in [
        (vec![&one], "shard 2/2 is missing"),
        (vec![&one, &one], "is there twice"),
    ] {
        let mut arguments = vec!["merge"];
        arguments.extend(files.iter().map(|file| file.as_str()));
        let output = suite(&arguments);
        assert_eq!(code(&output), 2);
        assert!(text(&output).contains(expected), "{}", text(&output));
    }
    write_cases(
        &folder.path().join("cases"),
        &[("a/new", case(&json!({"status": 200})).to_string())],
    );
    let other = path(&run(folder.path(), &url, "3.jsonl", &["--shard", "2/2"]));
    let output = suite(&["merge", &one, &other]);
    assert!(
        text(&output).contains("different revisions"),
        "{}",
        text(&output)
    );
}

#[test]
fn what_is_worse_is_told_and_exits_1() {
    let folder = folder();
    let good = serve(|_| json_answer(200, &converse()));
    let bad = serve(|_| json_answer(500, &json!({})));
    let before = run(folder.path(), &good, "before.jsonl", &[]);
    let now = run(folder.path(), &bad, "now.jsonl", &[]);
    let [before, now] = [&before, &now].map(|path| path.to_str().expect("a path"));
    let output = suite(&["diff", before, now]);
    assert_eq!(code(&output), 1);
    assert_eq!(text(&output), "worse a/right: pass → fail\n");
    assert_eq!(code(&suite(&["diff", now, before])), 0);

    let output = suite(&["matrix", before, now]);
    assert!(
        text(&output).contains("| a | modelled | 1 / 1 | 0 / 1 |"),
        "{}",
        text(&output)
    );
}

#[test]
fn old_looks_are_stale() {
    let folder = folder();
    let cases = folder.path().join("cases");
    let output = suite(&["stale", "--cases", cases.to_str().expect("a path")]);
    assert_eq!(code(&output), 6);
    assert!(
        text(&output).starts_with("2020-01-01  observed   a/wrong"),
        "{}",
        text(&output)
    );
    assert_eq!(
        code(&suite(&[
            "stale",
            "--cases",
            cases.to_str().expect("a path"),
            "--older-than",
            "100000"
        ])),
        0
    );
}

#[test]
fn what_is_gone_is_worse_and_a_run_that_stopped_is_marked() {
    let folder = folder();
    let url = serve(|_| json_answer(200, &converse()));
    let whole = run(folder.path(), &url, "whole.jsonl", &[]);
    let part = run(folder.path(), &url, "part.jsonl", &["a/wrong"]);
    let dead = run(folder.path(), "http://127.0.0.1:1", "dead.jsonl", &[]);
    let path = |path: &PathBuf| path.to_str().expect("a path").to_owned();
    let output = suite(&["diff", &path(&whole), &path(&part)]);
    assert_eq!(code(&output), 1, "{}", text(&output));
    for words in [
        "worse a/right: pass → absent",
        "warning: they are of different selections",
    ] {
        assert!(text(&output).contains(words), "{words}: {}", text(&output));
    }
    let output = suite(&["diff", &path(&whole), &path(&dead)]);
    assert_eq!(code(&output), 1);
    assert!(
        text(&output).contains("the run now stopped"),
        "{}",
        text(&output)
    );
    // Two shards have other rows by their nature.
    let one = run(folder.path(), &url, "1.jsonl", &["--shard", "1/2"]);
    let two = run(folder.path(), &url, "2.jsonl", &["--shard", "2/2"]);
    let output = suite(&["diff", &path(&one), &path(&two)]);
    assert!(!text(&output).contains("worse"), "{}", text(&output));

    // The same target twice is kept apart, and grounds are rows of their own.
    let output = suite(&["matrix", &path(&whole), &path(&whole), &path(&dead)]);
    let told = text(&output);
    assert!(told.contains("| a | observed | 0 / 1 | 0 / 1 |"), "{told}");
    assert!(told.contains("| a | modelled | 1 / 1 | 1 / 1 |"), "{told}");
    assert!(
        told.contains("| url #1 | url #2 | url http://127.0.0.1:1 (stopped) |"),
        "{told}"
    );
}

#[test]
fn shards_of_different_runs_are_not_merged_and_an_empty_one_is_no_failure() {
    let folder = folder();
    let url = serve(|_| json_answer(200, &converse()));
    let path = |path: &PathBuf| path.to_str().expect("a path").to_owned();
    let one = path(&run(folder.path(), &url, "1.jsonl", &["--shard", "1/2"]));
    let known = folder.path().join("known.txt");
    fs::write(&known, "{\"deviations\": []}").expect("a file");
    let known = known.to_str().expect("a path");
    for (more, expected) in [
        (&["--role", "tools=m"][..], "configurations"),
        (&["--without", "tools"], "configurations"),
        (&["--level", "must"], "selections"),
        (&["--deviations", known], "deviations"),
        (&["--region", "eu-west-1"], "regions"),
    ] {
        let mut arguments = vec!["--shard", "2/2"];
        arguments.extend(more);
        let two = path(&run(folder.path(), &url, "2.jsonl", &arguments));
        let output = suite(&["merge", &one, &two]);
        assert_eq!(code(&output), 2, "{more:?}");
        let words = format!("have different {expected}");
        assert!(text(&output).contains(&words), "{words}: {}", text(&output));
    }
    let cases = folder.path().join("cases");
    let cases = cases.to_str().expect("a path");
    let exits: Vec<_> = [
        "1/9", "2/9", "3/9", "4/9", "5/9", "6/9", "7/9", "8/9", "9/9",
    ]
    .map(|shard| {
        let arguments = [
            "run",
            "--target",
            "url",
            "--url",
            &url,
            "--cases",
            cases,
            "--no-smoke",
        ];
        suite(&[&arguments[..], &["--shard", shard, "a/right"]].concat())
    })
    .iter()
    .map(|output| (code(output), text(output).contains("no rows in this shard")))
    .collect();
    assert!(exits.iter().all(|(code, _)| *code == 0), "{exits:?}");
    // One shard has the one row.
    let empty = exits.iter().filter(|(_, empty)| *empty).count();
    assert_eq!(empty, exits.len() - 1, "{exits:?}");
}
