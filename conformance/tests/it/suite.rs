//! A server of canned answers, and the suite's own binary against it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};
use std::thread;

use serde_json::{Value, json};

/// Answers each request with the bytes that `answer` gives for its request line.
pub(crate) fn serve(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let answer = Arc::clone(&answer);
            thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
                let mut first = String::new();
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 {
                        return;
                    }
                    if first.is_empty() {
                        first = line.trim().to_owned();
                    }
                    if let Some(value) = line.strip_prefix("Content-Length: ") {
                        length = value.trim().parse().expect("a length");
                    }
                    if line == "\r\n" {
                        break;
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).expect("the body");
                let _ = stream.write_all(&answer(&first));
            });
        }
    });
    url
}

/// Hands each connection, after its first request's head, to `handle`.
pub(crate) fn serve_raw(handle: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let handle = Arc::new(handle);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let handle = Arc::clone(&handle);
            thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
                let mut line = String::new();
                while reader.read_line(&mut line).unwrap_or(0) > 2 {
                    line.clear();
                }
                handle(&mut stream);
            });
        }
    });
    url
}

/// A target file at a URL, with what is to be otherwise; its path.
pub(crate) fn target(folder: &Path, url: &str, other: &Value) -> String {
    let mut stated = json!({
        "about": "a test", "kind": "url", "region": "us-west-2", "urls": {"default": url},
        "capabilities": ["converse", "converse-stream"], "concurrency": 1,
        "roles": {"text-cheap": "m"}
    });
    for (name, value) in other.as_object().expect("members") {
        stated[name] = value.clone();
    }
    let path = folder.join("target.json");
    fs::write(&path, stated.to_string()).expect("a file");
    path.to_str().expect("a path").to_owned()
}

/// Runs the cases of a folder on the target of a file.
pub(crate) fn run_target(folder: &Path, target: &str, more: &[&str]) -> Output {
    let cases = folder.join("cases");
    let cases = cases.to_str().expect("a path");
    let mut arguments = vec!["run", "--target", target, "--cases", cases];
    arguments.extend(more);
    suite(&arguments)
}

/// An answer with the service's own headers.
pub(crate) fn answer(status: u16, kind: &str, body: &[u8], more: &str) -> Vec<u8> {
    let mut out = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         x-amzn-RequestId: b8163ff0-5fe8-459b-ad9f-0ae074934c31\r\n{more}Connection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    out.extend_from_slice(body);
    out
}

pub(crate) fn json_answer(status: u16, body: &Value) -> Vec<u8> {
    answer(status, "application/json", body.to_string().as_bytes(), "")
}

/// A right answer of Converse.
pub(crate) fn converse() -> Value {
    json!({
        "metrics": {"latencyMs": 1},
        "output": {"message": {"content": [{"text": "Hi"}], "role": "assistant"}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3}
    })
}

/// A case of one Converse call.
pub(crate) fn case(expect: &Value) -> Value {
    json!({
        "title": "A title", "why": "A reason.", "basis": {"kind": "modelled"},
        "billable": {"max_in": 1_000_000, "max_out": 0},
        "steps": [{
            "send": {"op": "Converse", "input": {"modelId": "${role.text-cheap}", "messages": []}},
            "expect": expect
        }]
    })
}

/// Writes cases below a folder: id, text.
pub(crate) fn write_cases(folder: &Path, cases: &[(&str, String)]) {
    for (id, text) in cases {
        let path = folder.join(format!("{id}.json"));
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

/// Runs the suite's binary with no credentials but an API key.
pub(crate) fn suite(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bedrock-conformance"))
        .args(arguments)
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_BEARER_TOKEN_BEDROCK", "a-secret-key")
        .output()
        .expect("the binary runs")
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("it ended by itself")
}

pub(crate) fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// bedrock-mock as this workspace builds it, beside this test; built once, so that no test judges a
/// stale program.
pub(crate) fn mock() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build_mock).clone()
}

fn build_mock() -> PathBuf {
    if let Some(named) = std::env::var_os("BEDROCK_MOCK_BIN") {
        return named.into();
    }
    let test = std::env::current_exe().expect("this test");
    let folder = test.ancestors().nth(2).expect("the folder of programs");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "-p", "bedrock-mock"]);
    if folder.ends_with("release") {
        build.arg("--release");
    }
    build
        .arg("--target-dir")
        .arg(folder.parent().expect("the target folder"));
    let built = build.status().expect("cargo");
    assert!(built.success(), "bedrock-mock cannot be built");
    folder.join(format!("bedrock-mock{}", std::env::consts::EXE_SUFFIX))
}

/// Runs the cases of a folder on a server of canned answers.
pub(crate) fn run(folder: &Path, url: &str, more: &[&str]) -> Output {
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

/// A folder with one case.
pub(crate) fn one(expect: &Value) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write_cases(
        &folder.path().join("cases"),
        &[("a/one", case(expect).to_string())],
    );
    folder
}
