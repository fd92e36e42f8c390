//! Shell blocks do what they say.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::pages::blocks;
use super::programs::{mock, suite, text};

/// A mock that plays the server under test; it ends with the test.
struct Server {
    child: Child,
    url: String,
    key: String,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(mock())
            .args([
                "serve",
                "--fidelity",
                "service",
                "--port",
                "0",
                "--access-log",
                "false",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("bedrock-mock");
        let output = child.stdout.take().expect("its output");
        // From here on, dropping the value ends the program, also when its output is not as expected.
        let mut server = Self {
            child,
            url: String::new(),
            key: String::new(),
        };
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(rest) = line.strip_prefix("bedrock-mock listening on ") {
                rest.trim().clone_into(&mut server.url);
            }
            if let Some(rest) = line.strip_prefix("export AWS_BEARER_TOKEN_BEDROCK=") {
                rest.trim().clone_into(&mut server.key);
            }
            if !server.url.is_empty() && !server.key.is_empty() {
                return server;
            }
        }
        panic!("bedrock-mock printed no address and key");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Each block works, and works again where it was run already.
#[test]
fn every_shell_block_runs_twice() {
    let server = Server::start();
    let programs = suite().parent().expect("a folder").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(programs).chain(std::env::split_paths(&path)))
        .expect("a path");
    let blocks = blocks("sh");
    assert!(!blocks.is_empty(), "no page has a shell block");
    for block in blocks {
        let folder = tempfile::tempdir().expect("a folder");
        for time in ["first", "second"] {
            let output = Command::new("bash")
                .args(["-euo", "pipefail", "-c", &block.text])
                .current_dir(folder.path())
                .env("PATH", &path)
                .env("BEDROCK_MOCK_BIN", mock())
                .env("SERVER", &server.url)
                .env("AWS_BEARER_TOKEN_BEDROCK", &server.key)
                .env_remove("AWS_ACCESS_KEY_ID")
                .env_remove("AWS_SECRET_ACCESS_KEY")
                .output()
                .expect("bash");
            assert!(
                output.status.success(),
                "{}, the {time} time: {}\n{}",
                block.place,
                output.status,
                text(&output)
            );
        }
    }
}
