//! How a body ends that is not to end well.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::Version;
use tokio::time::Sleep;

use super::connection::Connection;
use crate::faults::End;

/// How long the system gets to pass on what it took, before a reset throws the rest away.
const SETTLE: Duration = Duration::from_millis(20);

/// The error that makes hyper break off. The connection, or the HTTP/2 stream, does not
/// outlive it.
#[derive(Debug)]
pub struct CutOff;

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cut off by a fault rule")
    }
}

impl std::error::Error for CutOff {}

/// An end on its way: it waits until what was handed over has left, then comes.
pub struct Ending {
    end: End,
    connection: Arc<Connection>,
    version: Version,
    flushes: u64,
    settled: bool,
    timer: Pin<Box<Sleep>>,
}

impl Ending {
    /// Starts to end; `declared` says that the head announced a length.
    pub fn new(end: End, connection: &Arc<Connection>, version: Version, declared: bool) -> Self {
        // Over HTTP/2 a body that is shorter than announced can end properly, and is broken all the
        // same.
        let end = match (end, version) {
            (End::Broken, Version::HTTP_2) if declared => End::Clean,
            (end, _) => end,
        };
        Self {
            end,
            connection: Arc::clone(connection),
            version,
            flushes: connection.flushes(),
            settled: end == End::Clean,
            timer: Box::pin(tokio::time::sleep(SETTLE)),
        }
    }

    /// Waits for the end. hyper flushes whenever a body has nothing for it, which is what this waits
    /// for; a client that does not read holds it up as it holds up every answer.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), CutOff>> {
        while !self.settled {
            ready!(self.timer.as_mut().poll(cx));
            self.settled = self.connection.flushes() > self.flushes;
            if !self.settled {
                let again = tokio::time::Instant::now() + SETTLE;
                self.timer.as_mut().reset(again);
            }
        }
        Poll::Ready(match self.end {
            End::Clean => Ok(()),
            End::Broken => Err(CutOff),
            End::Reset => Err(cut_off(&self.connection, self.version)),
        })
    }
}

/// Breaks off at once: HTTP/1.1 with a TCP reset, HTTP/2 with a reset of the one stream.
pub fn cut_off(connection: &Connection, version: Version) -> CutOff {
    if version != Version::HTTP_2 {
        connection.reset_when_dropped();
    }
    CutOff
}
