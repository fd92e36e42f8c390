//! Hands out entries as they end.

use std::sync::Arc;

use super::entry::Entry;
use super::filter::Filter;
use super::store::Journal;

/// Hands out every entry that passes a filter once, when it has ended. What goes because a bound is
/// reached before the follower asks for more is not handed out: nothing waits for slow readers.
#[derive(Debug)]
pub struct Follower {
    journal: Arc<Journal>,
    filter: Filter,
    last: u64,
    open: Vec<Arc<Entry>>,
}

impl Follower {
    /// Follows from the entry on that the filter's `since` names, or from the oldest one that is
    /// there.
    pub fn new(journal: Arc<Journal>, filter: Filter) -> Self {
        let last = journal.since(&filter);
        Self {
            journal,
            filter,
            last,
            open: Vec::new(),
        }
    }

    /// What has ended and was not handed out yet; without `wait`, nothing may be. `None` when the
    /// server stops.
    pub async fn next(&mut self, wait: bool) -> Option<Vec<Arc<Entry>>> {
        let journal = Arc::clone(&self.journal);
        loop {
            // Listening starts before looking, or a change between the two would go unnoticed.
            let mut changed = std::pin::pin!(journal.changed.notified());
            changed.as_mut().enable();
            let ended = self.take();
            if !ended.is_empty() {
                return Some(ended);
            }
            if !wait || journal.is_stopping() {
                return None;
            }
            changed.await;
        }
    }

    fn take(&mut self) -> Vec<Arc<Entry>> {
        let account = self.filter.account.as_deref();
        let new = self.journal.above(self.last, account);
        if let Some(newest) = new.last() {
            self.last = newest.number;
        }
        let open = std::mem::take(&mut self.open);
        let (ended, open): (Vec<_>, Vec<_>) = open
            .into_iter()
            .chain(new)
            .partition(|entry| entry.ending().is_some());
        self.open = open;
        let lets = |entry: &Arc<Entry>| self.filter.lets(entry);
        ended.into_iter().filter(lets).collect()
    }
}
