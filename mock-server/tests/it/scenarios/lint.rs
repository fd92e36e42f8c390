//! `bedrock-mock lint`: every finding with its place, and the exit codes.

use std::process::Command;
use std::sync::LazyLock;

use bedrock_mock::app::App;
use bedrock_mock::scenarios::lint::{Finding, Known, lint_texts};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::scenarios::documents::{app, document, examples};

fn lint(texts: &[(&str, &str)]) -> Vec<Finding> {
    // Models and catalogue are read once: that takes longer than all the linting.
    static APP: LazyLock<App> = LazyLock::new(app);
    let app = &*APP;
    let known = Known {
        models: &app.models,
        catalogue: &app.catalogue,
    };
    let texts: Vec<(String, String)> = texts
        .iter()
        .map(|(n, t)| ((*n).to_owned(), (*t).to_owned()))
        .collect();
    lint_texts(&texts, known).0
}

pub(crate) fn shown(texts: &[(&str, &str)]) -> String {
    let lines: Vec<String> = lint(texts).iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn errors() {
    insta::assert_snapshot!(shown(&[("errors.json", include_str!("errors.json"))]));
}

#[test]
fn dead_scenarios() {
    insta::assert_snapshot!(shown(&[("dead.json", include_str!("dead.json"))]));
}

#[test]
fn shadowed_scenarios() {
    insta::assert_snapshot!(shown(&[
        ("shadowed.json", include_str!("shadowed.json")),
        (
            "other.json",
            "{\"scenarios\": [{\"name\": \"elsewhere\", \"match\": {\"lastUser\": \"Hello again\"}, \"reply\": {\"text\": \"x\"}}]}"
        ),
    ]));
}

#[test]
fn replies_that_the_service_could_not_have_sent() {
    insta::assert_snapshot!(shown(&[("replies.json", include_str!("replies.json"))]));
}

/// What is fine gets no finding at all.
#[test]
fn good_scenarios() {
    let good = json!([
        {"name": "asks", "match": {"lastUser": "weather", "tools": ["get_weather"], "toolResult": false}, "reply": {"content": [{"text": "let me see"}, {"toolUse": {"name": "get_weather", "input": {}}}]}},
        {"name": "tells", "match": {"toolResult": {"tool": "get_weather"}, "turn": 2}, "reply": [{"text": "rain"}, {"text": "sun", "stopReason": "max_tokens"}]},
        {"name": "usage", "match": {"model": "us.anthropic.claude-*", "family": "claude"}, "reply": {"text": "x", "usage": {"inputTokens": 1, "outputTokens": 2, "cacheReadInputTokens": 3, "totalTokens": 6}}},
        {"name": "own profile", "match": {"model": "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc"}, "reply": {"text": "x"}},
        {"name": "cohere", "match": {"family": "cohere", "turn": 1, "toolResult": true}, "reply": {"text": "x"}},
        {"name": "raw", "match": {"operation": "ListFoundationModels"}, "reply": {"raw": {"body": {}}}},
        {"name": "cut", "match": {"stream": true, "lastUser": "y"}, "reply": {"content": [{"toolUse": {"name": "t", "input": {}}}], "stopReason": "max_tokens"}},
    ]);
    let text = json!({ "scenarios": good }).to_string();
    assert_eq!(shown(&[("good.json", &text)]), "");
}

/// A finding stands inside its text, whatever the text is.
#[test]
fn places_exist() {
    for seed in 0..300 {
        let document = crate::scenarios::documents::mutated(&mut fastrand::Rng::with_seed(seed));
        let text = serde_json::to_string_pretty(&document).unwrap();
        for finding in lint(&[("file", &text)]) {
            let line = text.lines().nth(finding.at.line - 1).unwrap();
            assert!(
                (1..=line.chars().count() + 1).contains(&finding.at.column),
                "{finding}\n{text}"
            );
        }
    }
}

fn program(arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bedrock-mock"));
    let output = command
        .env_clear()
        .arg("lint")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn exit_codes() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, scenarios: Value| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, json!({ "scenarios": scenarios }).to_string()).unwrap();
        path.display().to_string()
    };
    let good = write(
        "good/a.json",
        json!([{"name": "a", "reply": {"text": "x"}}]),
    );
    let odd = write(
        "odd/a.json",
        json!([{"name": "b", "match": {"turn": 3, "family": "clod"}, "reply": {"text": "x"}}]),
    );
    let wrong = write("wrong/a.json", json!([{"name": "c"}]));

    let (code, out, err) = program(&[&good]);
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (0, "", "bedrock-mock: 1 scenario, 0 errors, 0 warnings\n")
    );
    let (code, out, err) = program(&[&good, &odd]);
    assert_eq!(code, 0);
    assert!(
        out.starts_with(&format!("{odd}:1:")) && out.contains(": warning: "),
        "{out}"
    );
    assert_eq!(err, "bedrock-mock: 2 scenarios, 0 errors, 1 warning\n");
    assert_eq!(program(&["--deny-warnings", &odd]).0, 6);
    assert_eq!(program(&["--deny-warnings", &good]).0, 0);
    let (code, out, _) = program(&[&odd, &wrong]);
    assert_eq!(code, 5);
    assert!(
        out.contains(&format!("{wrong}:1:15: error: a scenario does something")),
        "{out}"
    );
    let nowhere = folder.path().join("nowhere.json").display().to_string();
    assert_eq!(program(&[&nowhere]).0, 5);
    assert_eq!(
        program(&[&folder.path().join("good").display().to_string()]).0,
        0
    );
    assert_eq!(program(&[]).0, 2);
    let (code, out, _) = program(&["--schema"]);
    assert_eq!((code, out.as_str()), (0, bedrock_mock::scenarios::SCHEMA));
}

#[test]
fn examples_are_no_errors() {
    let text = document(examples()).to_string();
    for finding in lint(&[("examples", &text)]) {
        assert_eq!(
            finding.severity,
            bedrock_mock::scenarios::lint::Severity::Warning,
            "{finding}"
        );
    }
}
