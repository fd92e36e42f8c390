//! Cassettes of vcrpy, VCR and nock are replayed as recordings are, and what they say can be scripted.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::suite::{code, json_answer, mock, serve, suite, text};
use serde_json::{Value, json};

const HOST: &str = "bedrock-runtime.us-west-2.amazonaws.com";
const ASKED: &str = r#"{"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}"#;

fn answer() -> Value {
    json!({
        "metrics": {"latencyMs": 321},
        "output": {"message": {"content": [{"text": "A recorded answer: \"quoted\"\nand a line"}], "role": "assistant"}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 5, "outputTokens": 9, "serverToolUsage": {}, "totalTokens": 14}
    })
}

/// As vcrpy writes it, with a binary body too; the second call is to another service.
fn vcrpy() -> String {
    let answer = answer().to_string();
    format!(
        "interactions:\n\
         - request:\n    body: '{ASKED}'\n    headers:\n      Content-Type:\n      - application/json\n      \
         User-Agent: &agent\n      - !!binary |\n        Qm90bzM=\n    method: POST\n    \
         uri: https://{HOST}/model/amazon.nova-lite-v1%3A0/converse\n  \
         response:\n    body:\n      string: {}\n    headers:\n      Connection:\n      - keep-alive\n      Content-Type:\n      \
         - application/json\n      Date:\n      - Sat, 19 Sep 2026 09:24:35 GMT\n      x-amzn-RequestId:\n      \
         - b8163ff0-5fe8-459b-ad9f-0ae074934c31\n    status:\n      code: 200\n      message: OK\n\
         - request:\n    body: null\n    headers:\n      User-Agent: *agent\n    method: GET\n    uri: https://sts.amazonaws.com/\n  \
         response:\n    body: {{string: !!binary 'aGk='}}\n    headers: {{}}\n    status: {{code: 200, message: OK}}\n\
         version: 1\n",
        json!(answer)
    )
}

/// As Ruby's VCR writes it.
fn vcr() -> String {
    format!(
        "---\nhttp_interactions:\n- request:\n    method: post\n    uri: https://{HOST}/model/amazon.nova-lite-v1:0/converse\n    \
         body:\n      encoding: UTF-8\n      string: '{ASKED}'\n    headers:\n      Accept:\n      - application/json\n  \
         response:\n    status:\n      code: 200\n      message: OK\n    headers:\n      Content-Type:\n      - application/json\n      \
         X-Amzn-Requestid:\n      - b8163ff0-5fe8-459b-ad9f-0ae074934c31\n    body:\n      encoding: ASCII-8BIT\n      \
         base64_string: |\n        {}\n  recorded_at: Sat, 19 Sep 2026 09:24:35 GMT\nrecorded_with: VCR 6.3.1\n",
        base64(answer().to_string().as_bytes())
    )
}

/// As nock writes it: headers as they came.
fn nock() -> String {
    json!([{
        "scope": format!("https://{HOST}:443"), "method": "POST", "path": "/model/amazon.nova-lite-v1%3A0/converse",
        "body": serde_json::from_str::<Value>(ASKED).expect("JSON"), "status": 200, "response": answer(),
        "rawHeaders": ["Date", "Sat, 19 Sep 2026 09:24:35 GMT", "Content-Type", "application/json", "Content-Length", "245",
            "Connection", "keep-alive", "x-amzn-RequestId", "b8163ff0-5fe8-459b-ad9f-0ae074934c31"],
        "responseIsBinary": false
    }])
    .to_string()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn write(folder: &Path) {
    fs::create_dir(folder.join("ruby")).expect("a folder");
    fs::write(folder.join("python.yaml"), vcrpy()).expect("a file");
    fs::write(folder.join("ruby/one.yml"), vcr()).expect("a file");
    fs::write(folder.join("node.json"), nock()).expect("a file");
}

fn replay(folder: &Path, more: &[&str]) -> (i32, String, Vec<Value>) {
    let report = folder.join("report.jsonl");
    let output = Command::new(env!("CARGO_BIN_EXE_bedrock-conformance"))
        .arg("replay")
        .arg(folder.join("cassettes"))
        .args(["--report", report.to_str().expect("a path")])
        .args(more)
        .env("BEDROCK_MOCK_BIN", mock())
        .output()
        .expect("the suite");
    let lines = fs::read_to_string(&report).unwrap_or_default();
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    (code(&output), text(&output), lines)
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("cassettes")).expect("a folder");
    write(&folder.path().join("cassettes"));
    folder
}

#[test]
fn three_recorders_are_read_and_their_answers_scripted() {
    let folder = folder();
    let (code, text, lines) = replay(folder.path(), &[]);
    assert_eq!(code, 0, "{text}");
    let of = |event: &str| {
        let lines = lines.iter().filter(|line| line["event"] == event);
        let mut ids: Vec<String> = lines
            .map(|line| line["case"].as_str().unwrap_or_default().to_owned())
            .collect();
        ids.dedup();
        ids
    };
    assert_eq!(
        of("part"),
        ["replay/node/0", "replay/python/0", "replay/ruby/one/0"],
        "{text}"
    );
    assert_eq!(of("skip"), ["replay/python/1"], "{text}");
    // The mock's own answer and the scripted one.
    let exchanges = lines.iter().filter(|line| line["event"] == "exchange");
    let said = exchanges.filter(|line| {
        line["wire"]["response_body"]["text"]
            .to_string()
            .contains("A recorded answer")
    });
    assert_eq!(said.count(), 3, "{text}");
    let (_, _, lines) = replay(folder.path(), &["--form-only"]);
    assert!(
        !lines
            .iter()
            .any(|line| line.to_string().contains("A recorded answer"))
    );
}

#[test]
fn a_server_with_another_answer_is_reported() {
    let folder = folder();
    let cassettes = folder.path().join("cassettes");
    let mut lost = answer();
    lost["usage"]
        .as_object_mut()
        .expect("an object")
        .remove("totalTokens");
    let url = serve(move |_| json_answer(200, &lost));
    let path = cassettes.to_str().expect("a path");
    let output = suite(&["replay", path, "--target", "url", "--url", &url]);
    assert_eq!(code(&output), 1, "{}", text(&output));
    assert!(text(&output).contains("at /usage"), "{}", text(&output));
}

/// A replay that must end before anything is sent.
fn replayed_nowhere(folder: &Path) -> std::process::Output {
    let path = folder.to_str().expect("a path");
    suite(&[
        "replay",
        path,
        "--target",
        "url",
        "--url",
        "http://127.0.0.1:1",
    ])
}

#[test]
fn a_file_that_is_no_cassette_is_reported_by_name() {
    for (name, content, words) in [
        ("a.yaml", "interactions: [{request: {}}]", "exchange 0"),
        ("b.yaml", "a: [", "b.yaml"),
        ("c.yml", "just words", "it is not a recording"),
        ("d.yaml", "", "there is no value"),
        ("e.json", "[{\"scope\": \"https://x\"}]", "exchange 0"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(name), content).expect("a file");
        let output = replayed_nowhere(folder.path());
        assert_eq!(code(&output), 2, "{}", text(&output));
        assert!(text(&output).contains(words), "{name}: {}", text(&output));
    }
}

/// A small file whose aliases stand for more values than any memory has.
#[test]
fn aliases_do_not_grow_without_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        let list = vec![format!("*a{}", n - 1); 10].join(", ");
        yaml.push_str(&format!("a{n}: &a{n} [{list}]\n"));
    }
    fs::write(folder.path().join("bomb.yaml"), yaml).expect("a file");
    let output = replayed_nowhere(folder.path());
    assert_eq!(code(&output), 2);
    assert!(
        text(&output).contains("more values than a cassette has"),
        "{}",
        text(&output)
    );
}
