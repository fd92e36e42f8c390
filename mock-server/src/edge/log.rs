//! The access log: one line per request on standard error, written when its last byte left.
//!
//! A full pipe must never hold up a request, so lines go through a bounded queue to a thread of
//! their own; what does not fit is dropped and counted.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Instant;

/// Lines that may wait to be written.
const QUEUE: usize = 4096;

/// Characters of a hint that are logged.
const HINT: usize = 1_000;

/// Where log lines go.
#[derive(Debug, Clone)]
pub struct AccessLog {
    lines: SyncSender<String>,
    dropped: Arc<AtomicU64>,
}

impl AccessLog {
    /// Starts the writer's thread, which ends with the last sender.
    pub fn start() -> Self {
        let (lines, queue) = sync_channel::<String>(QUEUE);
        let dropped = Arc::new(AtomicU64::new(0));
        let lost = Arc::clone(&dropped);
        std::thread::spawn(move || {
            let mut out = std::io::stderr();
            for line in queue {
                let _ = writeln!(out, "{line}");
                let lost = lost.swap(0, Ordering::Relaxed);
                if lost > 0 {
                    let _ = writeln!(out, "({lost} log lines were dropped)");
                }
            }
        });
        Self { lines, dropped }
    }

    fn send(&self, line: String) {
        if self.lines.try_send(line).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
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
    /// The whole answer left.
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
        let line = line
            .chars()
            .map(|c| if c.is_control() { '?' } else { c })
            .collect();
        self.log.send(line);
    }
}
