//! Follows an answer to its last byte, then closes the entry.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use super::body::Body;
use super::entry::{Ended, Ending, Entry, EventSeen};
use super::redact;
use super::store::Journal;

/// Most events of one stream that are kept.
const EVENTS_KEPT: usize = 10_000;

/// Most different names of events of one stream that are counted.
const NAMES_COUNTED: usize = 100;

/// Follows an answer's body; dropping it closes the entry.
#[derive(Debug)]
pub struct Recorder {
    journal: Arc<Journal>,
    since: Instant,
    /// None where the journal is off.
    entry: Option<Arc<Entry>>,
    /// Secrets that a refusal may quote.
    secrets: Vec<String>,
    /// The answer is one of IAM or STS.
    is_xml: bool,
    body: Vec<u8>,
    /// Room for the body, bytes.
    room: usize,
    /// Bytes that were taken from the journal's share for open entries.
    charged: u64,
    sent: u64,
    events: Vec<EventSeen>,
    events_untold: u64,
    /// Events by name, for the metrics; there are few names.
    counts: Vec<(Cow<'static, str>, u64)>,
    how: Option<Ended>,
}

impl Recorder {
    /// Follows the answer of an entry; of none where the journal is off.
    pub(super) fn new(
        journal: Arc<Journal>,
        since: Instant,
        entry: Option<Arc<Entry>>,
        secrets: Vec<String>,
        is_xml: bool,
    ) -> Self {
        let room = match entry {
            Some(_) => journal.limits().body(),
            None => 0,
        };
        Self {
            journal,
            since,
            entry,
            secrets,
            is_xml,
            body: Vec::new(),
            room,
            charged: 0,
            sent: 0,
            events: Vec::new(),
            events_untold: 0,
            counts: Vec::new(),
            how: None,
        }
    }

    /// An event was framed; `bytes` is the length of its frame.
    pub fn event(&mut self, name: impl Into<Cow<'static, str>>, bytes: usize) {
        let name = name.into();
        if let Some((_, count)) = self.counts.iter_mut().find(|(known, _)| *known == name) {
            *count += 1;
        } else if self.counts.len() < NAMES_COUNTED {
            self.counts.push((name.clone(), 1));
        }
        if self.entry.is_none() {
            return;
        }
        if self.events.len() < EVENTS_KEPT && self.charge(size_of::<EventSeen>()) {
            let at = self.since.elapsed();
            self.events.push(EventSeen { name, bytes, at });
        } else {
            self.events_untold += 1;
        }
    }

    /// Bytes of the body were handed to the connection.
    pub fn sent(&mut self, bytes: &[u8]) {
        self.sent += bytes.len() as u64;
        let take = bytes.len().min(self.room);
        if take == 0 {
            return;
        }
        if self.charge(take) {
            self.room -= take;
            self.body.extend_from_slice(&bytes[..take]);
        } else {
            // What is kept is the start, without holes.
            self.room = 0;
        }
    }

    /// It ended; the first word counts. Dropped without one, the client hung up, or the server's time
    /// was over.
    pub fn ended(&mut self, how: Ended) {
        self.how.get_or_insert(how);
    }

    /// What is known at the end.
    fn ending(&mut self) -> Ending {
        let mut body = std::mem::take(&mut self.body);
        let whole = body.len() as u64 == self.sent;
        if self.is_xml {
            redact::xml(&mut body);
        }
        if !self.secrets.is_empty()
            && let Some(text) = redact::quoted(&String::from_utf8_lossy(&body), &self.secrets)
        {
            body = text.into_bytes();
        }
        body.shrink_to_fit();
        let size = if whole { body.len() as u64 } else { self.sent };
        let how = self.how.unwrap_or_else(|| match self.journal.is_stopped() {
            true => Ended::ServerStopped,
            false => Ended::ClientHungUp,
        });
        Ending {
            how,
            bytes_sent: self.sent,
            duration: self.since.elapsed(),
            body: Body::start_of(body, size),
            events: std::mem::take(&mut self.events),
            events_untold: self.events_untold,
        }
    }

    fn charge(&mut self, bytes: usize) -> bool {
        let charged = self.journal.charge(bytes as u64);
        if charged {
            self.charged += bytes as u64;
        }
        charged
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.journal.counters().events(&self.counts);
        if let Some(entry) = self.entry.take() {
            let ending = self.ending();
            self.journal.close(&entry, ending);
        }
        self.journal.uncharge(self.charged);
    }
}
