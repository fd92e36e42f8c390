//! Starting a server and reading its address.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::guard::{guard, own_group};

/// A server that ends with the suite.
#[derive(Debug)]
pub(super) struct Spawned {
    child: Child,
    guard: Option<Child>,
    /// Those lines of its output that were wanted.
    lines: Vec<String>,
}

/// How long a server may take until it listens.
const START: Duration = Duration::from_secs(20);
/// How long a program may take to tell its version.
const VERSION: Duration = Duration::from_secs(5);
/// Bytes of a line; what is longer is read as several.
const LINE: u64 = 64 * 1024;
/// Lines that wait to be looked at; a program that prints more than that waits too.
const WAITING: usize = 256;

impl Spawned {
    /// Starts it and reads its output until every one of `wanted` has begun a line.
    pub(super) fn start(command: &[String], wanted: &[&str]) -> Result<Self, String> {
        Self::start_within(command, wanted, START)
    }

    fn start_within(command: &[String], wanted: &[&str], start: Duration) -> Result<Self, String> {
        let (name, arguments) = command.split_first().ok_or("there is no command")?;
        let mut program = program_of(name, arguments);
        let mut child = program
            .spawn()
            .map_err(|error| format!("{name} cannot be started: {error}"))?;
        let receiver = lines(&mut child);
        let mut spawned = Self {
            guard: guard(&child),
            child,
            lines: Vec::new(),
        };
        let deadline = Instant::now() + start;
        while !wanted.iter().all(|start| spawned.line(start).is_some()) {
            let left = deadline.saturating_duration_since(Instant::now());
            // Asked for first: a program that never stops printing always has another line.
            let line = match left.is_zero() {
                true => Err(mpsc::RecvTimeoutError::Timeout),
                false => receiver.recv_timeout(left),
            };
            match line {
                Ok(line) if wanted.iter().any(|start| line.starts_with(start)) => {
                    spawned.lines.push(line);
                }
                Ok(_) => {}
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    return Err(format!(
                        "{name} did not print {} within {} s",
                        quoted(wanted),
                        start.as_secs_f64()
                    ));
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    return Err(format!(
                        "{name} ended before it printed {}: {}",
                        quoted(wanted),
                        spawned.end(deadline)
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

    /// How it ended, after its output did; it may go on without one.
    fn end(&mut self, deadline: Instant) -> String {
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            if Instant::now() >= deadline {
                return "it closed its output".to_owned();
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        if let Some(mut guard) = self.guard.take() {
            drop(guard.stdin.take());
            let _ = guard.wait();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Beginnings of lines, in words.
fn quoted(wanted: &[&str]) -> String {
    let words: Vec<String> = wanted
        .iter()
        .map(|word| format!("\"{}\"", word.trim()))
        .collect();
    words.join(" and ")
}

fn program_of(name: &str, arguments: &[String]) -> Command {
    let mut program = Command::new(name);
    program
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    // Settings of the caller's own mock must not change what is judged.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BEDROCK_MOCK_") {
            program.env_remove(name);
        }
    }
    own_group(&mut program);
    program
}

/// A program's lines as they come. Its output is read to the end whether anybody looks at it or not,
/// so that it never waits for a reader; what it prints after that is thrown away.
fn lines(child: &mut Child) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::sync_channel(WAITING);
    if let Some(output) = child.stdout.take() {
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = Vec::new();
            loop {
                line.clear();
                match output.by_ref().take(LINE).read_until(b'\n', &mut line) {
                    Ok(0) | Err(_) => return,
                    Ok(_) => {}
                }
                let text = String::from_utf8_lossy(&line);
                let _ = sender.send(text.trim_end_matches(['\n', '\r']).to_owned());
            }
        });
    }
    receiver
}

/// The first line that a program prints, if it prints one in time.
pub(super) fn first_line(command: &[String]) -> Option<String> {
    let (name, arguments) = command.split_first()?;
    let mut child = program_of(name, arguments).spawn().ok()?;
    let line = lines(&mut child).recv_timeout(VERSION).ok();
    let _ = child.kill();
    let _ = child.wait();
    line
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_prints_for_ever_is_given_up() {
        let command = |script: &str| ["/bin/sh", "-c", script].map(str::to_owned);
        let wanted = &["listening"][..];
        let soon = Duration::from_millis(300);
        for script in [
            "while :; do echo y; done",
            "head -c 400000 /dev/zero; sleep 60",
        ] {
            let error = Spawned::start_within(&command(script), wanted, soon).unwrap_err();
            assert!(error.contains("did not print"), "{error}");
        }
        let error = Spawned::start_within(&command("exit 7"), wanted, START).unwrap_err();
        assert!(error.contains("ended before"), "{error}");
    }

    #[test]
    fn what_a_server_started_ends_with_it() {
        let script = "sleep 60 & echo child $!; echo listening; wait";
        let command = ["/bin/sh", "-c", script].map(str::to_owned);
        let spawned = Spawned::start(&command, &["child ", "listening"]).unwrap();
        let child = spawned.line("child ").unwrap().to_owned();
        drop(spawned);
        // The signal is sent; how soon it is dead is the kernel's affair. A zombie is dead enough.
        let path = format!("/proc/{child}/stat");
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let status = std::fs::read_to_string(&path).unwrap_or_default();
            if status.is_empty() || status.contains(") Z ") || status.contains(") X ") {
                break;
            }
            assert!(Instant::now() < deadline, "{status}");
            thread::yield_now();
        }
    }
}
