//! The authority on a real disk with real processes, and real clients against a real socket.
//!
//! What this module made is never judged by this module: OpenSSL, Python, curl, Node and webpki do
//! that. A client that is not installed fails the test.

mod ca;
mod clients;
mod names;
mod openssl;
mod server;

use std::path::Path;
use std::process::{Command, Output};

use super::TlsOptions;

const BEDROCK: &str = "bedrock-runtime.us-west-2.amazonaws.com";

fn options(dir: &Path) -> TlsOptions {
    TlsOptions {
        dir: Some(dir.to_owned()),
        ..TlsOptions::default()
    }
}

/// Runs a program to its end.
fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new(program);
    command.args(arguments);
    // Another trust store in the environment would decide instead of the arguments.
    for variable in ["SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE"] {
        command.env_remove(variable);
    }
    match command.stdin(std::process::Stdio::null()).output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            panic!("{program} judges the certificates and is not installed")
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

/// What a program printed; fails with its errors if it did not succeed.
#[track_caller]
fn printed(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(
        output.status.success(),
        "{}\n{text}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}
