//! What the program prints to standard error while it serves.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Serves, runs curl for each of these argument lists (`URL` is the mock's address without scheme), stops
/// the mock and returns its standard error.
fn log_of(requests: &[&[&str]]) -> String {
    let home = TempDir::new().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_bedrock-mock"))
        .env_clear()
        .env("BEDROCK_MOCK_CA_DIR", home.path())
        .args(["serve", "--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let address = line.trim_end().rsplit_once("http://").unwrap().1.to_owned();
    for arguments in requests {
        let arguments = arguments.iter().map(|a| a.replace("URL", &address));
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--noproxy", "*", "--output", "/dev/null"]);
        curl.args(arguments).status().unwrap();
    }
    let pid = child.id().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    let mut log = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    assert!(child.wait().unwrap().success(), "{log}");
    log
}

#[test]
fn a_line_for_each_request_with_a_readable_path() {
    let path =
        "http://URL/model/arn%3Aaws%3Abedrock%3Aus-west-2%3A1%3Ainference-profile%2fx/converse";
    let log = log_of(&[&["--data", "{}", path]]);
    let expected = "POST /model/arn:aws:bedrock:us-west-2:1:inference-profile/x/converse Converse";
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains(expected), "{log}");
}

#[test]
fn a_client_that_does_not_trust_the_ca_is_logged_with_the_fix() {
    let log = log_of(&[&["https://URL/_mock/health"]]);
    assert!(
        log.starts_with("bedrock-mock: TLS handshake with 127.0.0.1:"),
        "{log}"
    );
    assert!(log.contains("does not trust the development CA"), "{log}");
    assert!(log.contains("bedrock-mock env"), "{log}");
}
