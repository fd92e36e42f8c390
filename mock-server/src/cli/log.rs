//! What the program prints while it serves: the access log and its own messages, on standard error.
//!
//! A full pipe must never hold up a request, so lines go through a bounded queue to a thread of
//! their own; lines that do not fit are dropped and counted. Under load that thread writes many
//! lines at once: waking it and a system call for each would cost a request more than all that the
//! mock itself does for it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{DefaultFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

use crate::edge::log::TARGET;

/// Lines that may wait to be written.
const QUEUE: usize = 4096;

/// Bytes that are written at once, about.
const BATCH: usize = 64 * 1024;

/// Lines that follow each other within this time gather for as long. A line that comes alone is
/// written at once.
const GATHER: Duration = Duration::from_millis(5);

/// Longest time that [`Log::flush`] waits.
const FLUSH: Duration = Duration::from_secs(1);

/// The queue of lines to standard error.
#[derive(Debug, Clone)]
pub(super) struct Log {
    queue: SyncSender<Queued>,
    dropped: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Queued {
    Line(String),
    /// Somebody waits for everything before this.
    Flush(SyncSender<()>),
}

impl Log {
    /// Starts the writer's thread and makes it the program's log.
    pub(super) fn install() -> Self {
        let (queue, lines) = sync_channel(QUEUE);
        let dropped = Arc::new(AtomicU64::new(0));
        let lost = Arc::clone(&dropped);
        std::thread::spawn(move || write(&lines, &lost));
        let log = Self { queue, dropped };
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::INFO)
            .fmt_fields(DefaultFields::new())
            .event_format(Plain)
            .with_writer(log.clone())
            .finish();
        // Only a second mock of the same process could find one installed.
        let _ = tracing::subscriber::set_global_default(subscriber);
        log
    }

    /// Waits until all lines so far are written, at most a second: a program that stops would take
    /// its last lines with it.
    pub(super) fn flush(&self) {
        let (done, wait) = sync_channel(1);
        if self.queue.try_send(Queued::Flush(done)).is_ok() {
            let _ = wait.recv_timeout(FLUSH);
        }
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Line<'w>;

    fn make_writer(&'w self) -> Self::Writer {
        Line(self)
    }
}

/// Queues what is written to it; the subscriber writes each event in one piece.
pub(super) struct Line<'w>(&'w Log);

impl std::io::Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let line = String::from_utf8_lossy(bytes).into_owned();
        if self.0.queue.try_send(Queued::Line(line)).is_err() {
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Prints access-log lines as they are and the program's own messages behind its name.
struct Plain;

impl<S, N> FormatEvent<S, N> for Plain
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        if event.metadata().target() != TARGET {
            writer.write_str("bedrock-mock: ")?;
        }
        context
            .field_format()
            .format_fields(writer.by_ref(), event)?;
        writer.write_char('\n')
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
                Queued::Line(line) => text.push_str(&line),
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
