//! Starting a server and reading its address.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A server that ends with the suite.
#[derive(Debug)]
pub(super) struct Spawned {
    child: Child,
    /// The first lines of its output.
    pub(super) lines: Vec<String>,
}

/// How long a server may take until it listens.
const START: Duration = Duration::from_secs(20);

impl Spawned {
    /// Starts it and reads its output until every one of `wanted` has begun a line.
    pub(super) fn start(command: &[String], wanted: &[&str]) -> Result<Self, String> {
        let mut program = Command::new(&command[0]);
        program
            .args(&command[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        // Settings of the caller's own mock must not change what is judged.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("BEDROCK_MOCK_") {
                program.env_remove(name);
            }
        }
        let mut child = program
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", command[0]))?;
        let output = child.stdout.take();
        let (sender, receiver) = mpsc::channel();
        // Reads to the end, so that the server never waits for a reader.
        thread::spawn(move || {
            for line in output
                .into_iter()
                .flat_map(|output| BufReader::new(output).lines())
            {
                let Ok(line) = line else { break };
                let _ = sender.send(line);
            }
        });
        let mut spawned = Self {
            child,
            lines: Vec::new(),
        };
        let deadline = Instant::now() + START;
        while !wanted.iter().all(|start| spawned.line(start).is_some()) {
            let left = deadline.saturating_duration_since(Instant::now());
            match receiver.recv_timeout(left) {
                Ok(line) => spawned.lines.push(line),
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    return Err(format!(
                        "{} did not print {wanted:?} within {} s",
                        command[0],
                        START.as_secs()
                    ));
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    let status = spawned.child.wait().map(|status| status.to_string());
                    return Err(format!(
                        "{} ended before it printed {wanted:?}: {}",
                        command[0],
                        status.unwrap_or_default()
                    ));
                }
            }
        }
        Ok(spawned)
    }

    /// What stands behind `start` in the first line that begins so.
    pub(super) fn line(&self, start: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| line.strip_prefix(start))
    }

    /// How it ended, if it did.
    pub(super) fn ended(&mut self) -> Option<String> {
        match self.child.try_wait() {
            Ok(Some(status)) => Some(status.to_string()),
            _ => None,
        }
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program: where the user says it is, or beside the suite's own.
pub(super) fn program(name: &str, stated: Option<PathBuf>) -> Result<PathBuf, String> {
    if let Some(path) = stated {
        return Ok(path);
    }
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let candidates: Vec<PathBuf> = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .collect();
    candidates
        .iter()
        .find(|path| path.is_file())
        .cloned()
        .ok_or_else(|| {
            format!(
                "there is no {name} beside this program: build it (cargo build -p {name}) or say \
                 where it is with --binary"
            )
        })
}
