//! The access log: one line per request on standard error, written when its last byte left.
//!
//! A full pipe must never hold up a request, so lines go through a bounded queue to a thread of
//! their own; what does not fit is dropped and counted. Under load that thread writes many lines at
//! once: waking it and a system call for each would cost a request more than all that the mock
//! itself does for it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Lines that may wait to be written.
const QUEUE: usize = 4096;

/// Bytes that are written at once, about.
const BATCH: usize = 64 * 1024;

/// Lines that follow each other within this time gather for as long. A line that comes alone is
/// written at once.
const GATHER: Duration = Duration::from_millis(5);

/// Characters of a hint that are logged.
const HINT: usize = 1_000;

/// Where log lines go.
#[derive(Debug, Clone)]
pub struct AccessLog {
    queue: SyncSender<Queued>,
    dropped: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Queued {
    Line(String),
    /// Somebody waits for everything before this.
    Flush(SyncSender<()>),
}

impl AccessLog {
    /// Starts the writer's thread, which ends with the last sender.
    pub fn start() -> Self {
        let (queue, lines) = sync_channel(QUEUE);
        let dropped = Arc::new(AtomicU64::new(0));
        let lost = Arc::clone(&dropped);
        std::thread::spawn(move || write(&lines, &lost));
        Self { queue, dropped }
    }

    /// Waits until all lines so far are written, at most a second: a program that stops would take
    /// its last lines with it.
    pub fn flush(&self) {
        let (done, wait) = sync_channel(1);
        if self.queue.try_send(Queued::Flush(done)).is_ok() {
            let _ = wait.recv_timeout(Duration::from_secs(1));
        }
    }

    fn send(&self, line: String) {
        if self.queue.try_send(Queued::Line(line)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn write(queue: &Receiver<Queued>, lost: &AtomicU64) {
    let mut out = std::io::stderr();
    let mut text = String::new();
    let mut written: Option<Instant> = None;
    while let Ok(first) = queue.recv() {
        if written.is_some_and(|at| at.elapsed() < GATHER) {
            std::thread::sleep(GATHER);
        }
        text.clear();
        let mut waiting = None;
        for queued in std::iter::once(first).chain(queue.try_iter()) {
            match queued {
                Queued::Line(line) => {
                    text.push_str(&line);
                    text.push('\n');
                }
                Queued::Flush(done) => waiting = Some(done),
            }
            if text.len() >= BATCH || waiting.is_some() {
                break;
            }
        }
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let _ = writeln!(text, "({lost} log lines were dropped)");
        }
        let _ = out.write_all(text.as_bytes());
        if let Some(done) = waiting {
            let _ = done.try_send(());
        }
        written = Some(Instant::now());
    }
}

/// One request's line in the making.
#[derive(Debug)]
pub struct Entry {
    /// Where it will be written.
    pub log: AccessLog,
    /// When the request arrived.
    pub since: Instant,
    /// Method and path.
    pub what: String,
    /// Operation, if the path named one.
    pub operation: Option<String>,
    /// Account of the caller, if known.
    pub account: Option<String>,
    /// Status of the answer.
    pub status: u16,
    /// Why it was refused.
    pub hint: Option<String>,
    /// Bytes of the body that left.
    pub bytes: u64,
    /// The complete answer left.
    pub complete: bool,
    /// A fault rule cut it off.
    pub cut_off: bool,
}

impl Entry {
    /// Writes the line.
    pub fn write(self) {
        let seconds = std::time::SystemTime::now();
        let time = httpdate::fmt_http_date(seconds);
        let time = time.get(17..25).unwrap_or(&time);
        let mut line = format!(
            "{time} {} {} {} {} {}B {:.1}ms",
            self.status,
            self.what,
            self.operation.as_deref().unwrap_or("-"),
            self.account.as_deref().unwrap_or("-"),
            self.bytes,
            self.since.elapsed().as_secs_f64() * 1000.0,
        );
        if self.cut_off {
            line.push_str(" (cut off by a fault)");
        } else if !self.complete {
            line.push_str(" (client hung up)");
        }
        if let Some(hint) = &self.hint {
            line.push_str(" | ");
            line.extend(hint.chars().take(HINT));
        }
        // One line per request, whatever a client put into its path.
        if line.contains(char::is_control) {
            line = line.replace(char::is_control, "?");
        }
        self.log.send(line);
    }
}
