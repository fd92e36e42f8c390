//! What a fault does before the head of an answer leaves.

use http::Version;

use super::connection::Connection;
use super::ending::{CutOff, cut_off};
use crate::edge::log::Entry;
use crate::faults::{Delivery, Hold};
use crate::journal::{Answered, Draft, Ended};

/// Waits, or breaks off, as faults say. A client that hangs up meanwhile is in the access log and in
/// the journal too.
pub(super) async fn hold(
    delivery: &Delivery,
    connection: &Connection,
    version: Version,
    mut held: Held,
) -> Result<Released, CutOff> {
    for hold in delivery.holds() {
        match hold {
            Hold::For(time) => tokio::time::sleep(time).await,
            Hold::Forever => std::future::pending().await,
            Hold::Reset => {
                held.ended = Ended::AbortedByFault;
                if let Some(entry) = &mut held.entry {
                    entry.cut_off = true;
                }
                return Err(cut_off(connection, version));
            }
        }
    }
    let entry = held.entry.take();
    match held.draft.take() {
        Some((draft, answered)) => Ok(Released {
            entry,
            draft,
            answered,
        }),
        // There from the start on, and taken here alone.
        None => Err(CutOff),
    }
}

/// A request whose answer has not begun: written down even if nothing more happens.
pub(super) struct Held {
    entry: Option<Entry>,
    draft: Option<(Draft, Answered)>,
    ended: Ended,
}

/// A request whose answer begins.
pub(super) struct Released {
    /// Its line in the access log.
    pub(super) entry: Option<Entry>,
    /// Its journal entry.
    pub(super) draft: Draft,
    /// What the journal keeps of the answer.
    pub(super) answered: Answered,
}

impl Held {
    /// Holds a request; until it is released, it ends with the client's leaving.
    pub(super) fn new(entry: Option<Entry>, draft: Draft, answered: Answered) -> Self {
        Self {
            entry,
            draft: Some((draft, answered)),
            ended: Ended::ClientHungUp,
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some((draft, answered)) = self.draft.take() {
            draft.unanswered(answered, self.ended);
        }
        if let Some(entry) = self.entry.take() {
            entry.write();
        }
    }
}
