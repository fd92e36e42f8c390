//! Targets that never end an answer, and what a run that ends leaves behind.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::suite::{
    case, code, converse, json_answer, one, run, run_target, serve, serve_raw, target, text,
    write_cases,
};
use serde_json::json;

/// Holds a connection until the other side gives up.
fn hold(stream: &mut std::net::TcpStream) {
    let _ = stream.read(&mut [0; 1]);
    let _ = stream.read_to_end(&mut Vec::new());
}

#[test]
fn an_answer_without_end_ends_at_its_deadline() {
    let url = serve_raw(|stream| {
        let head =
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n";
        let _ = stream.write_all(head);
        // The pace of the drip: it never makes the suite wait long for the next byte.
        while stream.write_all(b" ").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let folder = one(&json!({"status": 200}));
    let target = target(
        folder.path(),
        &url,
        &json!({"timeout_ms": 5000, "deadline_ms": 400}),
    );
    let output = run_target(folder.path(), &target, &["--no-smoke"]);
    assert_eq!(code(&output), 1, "{}", text(&output));
    let words = "no end of the answer within 0.4 s";
    assert!(text(&output).contains(words), "{}", text(&output));
}

#[test]
fn interim_answers_are_counted() {
    let url = serve_raw(
        |stream| {
            while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {}
        },
    );
    let folder = one(&json!({"status": 200}));
    let output = run(folder.path(), &url, &[]);
    assert_eq!(code(&output), 1, "{}", text(&output));
    let words = "over 16 interim answers";
    assert!(text(&output).contains(words), "{}", text(&output));
}

#[test]
fn silence_is_reported_as_silence_and_exits_3() {
    let url = serve_raw(hold);
    let folder = one(&json!({"status": 200}));
    let again = case(&json!({"status": 200})).to_string();
    let more: Vec<_> = ["a/two", "a/three", "a/four", "a/five"]
        .map(|id| (id, again.clone()))
        .into();
    write_cases(&folder.path().join("cases"), &more);
    let target = target(folder.path(), &url, &json!({"timeout_ms": 100}));
    // The suite's own smoke cases: the folder has none.
    let output = run_target(folder.path(), &target, &[]);
    assert_eq!(code(&output), 3, "{}", text(&output));
    let words = "the target is silent: no answer within 0.1 s";
    assert!(text(&output).contains(words), "{}", text(&output));
    assert!(!text(&output).contains("os error"), "{}", text(&output));

    let output = run_target(folder.path(), &target, &["--no-smoke"]);
    assert_eq!(code(&output), 3, "{}", text(&output));
    assert!(
        text(&output).contains("stopped answering"),
        "{}",
        text(&output)
    );
    assert!(text(&output).contains("3 failed"), "{}", text(&output));
}

#[test]
fn no_tls_is_no_target() {
    let url = serve(|_| json_answer(200, &converse())).replace("http://", "https://");
    let folder = one(&json!({"status": 200}));
    let output = run(folder.path(), &url, &[]);
    assert_eq!(code(&output), 3, "{}", text(&output));
    assert!(text(&output).contains("no TLS"), "{}", text(&output));
}

#[test]
fn every_address_of_a_name_is_tried() {
    let url = serve(|_| json_answer(200, &converse())).replace("127.0.0.1", "localhost");
    let folder = one(&json!({"status": 200}));
    let output = run(folder.path(), &url, &[]);
    assert_eq!(code(&output), 0, "{}", text(&output));
}

#[cfg(target_os = "linux")]
#[test]
fn a_spawned_target_dies_with_the_suite_however_that_dies() {
    let url = serve_raw(hold);
    let folder = one(&json!({"status": 200}));
    let written = folder.path().join("pid");
    let script = format!(
        "echo $$ > '{0}.new'; mv '{0}.new' '{0}'; echo listening on {url}; exec sleep 60",
        written.display()
    );
    let spawned = json!({
        "kind": "spawn", "binary": "sh", "command": ["{binary}", "-c", script],
        "listening": "listening on "
    });
    let target = target(folder.path(), &url, &spawned);
    let mut stated: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&target).expect("a file")).expect("JSON");
    stated.as_object_mut().expect("an object").remove("urls");
    fs::write(&target, stated.to_string()).expect("a file");
    let cases = folder.path().join("cases");
    let mut suite = Command::new(env!("CARGO_BIN_EXE_bedrock-conformance"))
        .args(["run", "--target", &target, "--binary", "/bin/sh", "--cases"])
        .arg(&cases)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let deadline = Instant::now() + Duration::from_secs(20);
    let until = |done: &dyn Fn() -> bool| {
        while !done() {
            assert!(Instant::now() < deadline, "it takes too long");
            // A busy wait would take the time that the processes need.
            thread::sleep(Duration::from_millis(5));
        }
    };
    until(&|| written.exists());
    let pid = fs::read_to_string(&written).expect("a number");
    let stat = format!("/proc/{}/stat", pid.trim());
    assert!(Path::new(&stat).exists());
    suite.kill().expect("it runs");
    suite.wait().expect("it ended");
    until(&|| {
        let stat = fs::read_to_string(&stat).unwrap_or_default();
        stat.is_empty() || stat.contains(") Z ")
    });
}
