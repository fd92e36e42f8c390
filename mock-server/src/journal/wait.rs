//! Waits for entries.

use std::sync::Arc;
use std::time::Duration;

use super::entry::Entry;
use super::filter::Filter;
use super::store::Journal;

/// What a wait came to.
#[derive(Debug)]
pub struct Waited {
    /// The entries that the filter let through when the wait ended, oldest first.
    pub entries: Vec<Arc<Entry>>,
    /// Whether there were as many as were waited for.
    pub enough: bool,
}

impl Journal {
    /// Waits until as many entries as `count` pass a filter, those that are there already included;
    /// at most for `timeout`, and not beyond the server's end.
    pub async fn wait_for(&self, filter: &Filter, count: usize, timeout: Duration) -> Waited {
        let deadline = tokio::time::sleep(timeout);
        let mut deadline = std::pin::pin!(deadline);
        loop {
            // Listening starts before looking, or a change between the two would go unnoticed.
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            let entries = self.entries(filter);
            let enough = entries.len() >= count;
            if enough || self.is_stopping() {
                return Waited { entries, enough };
            }
            tokio::select! {
                () = changed => {}
                () = &mut deadline => return Waited { entries, enough },
            }
        }
    }
}
