//! Waits for entries.

use std::sync::Arc;
use std::time::Duration;

use super::entry::Entry;
use super::filter::Filter;
use super::store::Journal;

/// What a wait came to.
#[derive(Debug)]
pub struct Waited {
    /// The entries that passed the filter, oldest first.
    pub entries: Vec<Arc<Entry>>,
    /// Whether there were as many as were waited for.
    pub enough: bool,
}

impl Journal {
    /// Waits until as many entries as `count` have passed a filter, those that are there already
    /// included; at most for `timeout`, and not beyond the server's end.
    pub async fn wait_for(&self, filter: &Filter, count: usize, timeout: Duration) -> Waited {
        let deadline = tokio::time::sleep(timeout);
        let mut deadline = std::pin::pin!(deadline);
        let mut search = Search::new(self, filter);
        loop {
            // Listening starts before looking, or a change between the two would go unnoticed.
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            search.look();
            let enough = search.found.len() >= count;
            if enough || self.is_stopping() {
                return search.end(enough);
            }
            tokio::select! {
                () = changed => {}
                () = &mut deadline => return search.end(false),
            }
        }
    }
}

/// Looks at each entry once, and again only while it is open and may still change: many may wait
/// while thousands of requests come.
struct Search<'a> {
    journal: &'a Journal,
    filter: &'a Filter,
    last: u64,
    open: Vec<Arc<Entry>>,
    found: Vec<Arc<Entry>>,
}

impl<'a> Search<'a> {
    fn new(journal: &'a Journal, filter: &'a Filter) -> Self {
        let last = journal.since(filter);
        Self {
            journal,
            filter,
            last,
            open: Vec::new(),
            found: Vec::new(),
        }
    }

    fn look(&mut self) {
        let new = self
            .journal
            .above(self.last, self.filter.account.as_deref());
        if let Some(newest) = new.last() {
            self.last = newest.number;
        }
        for entry in std::mem::take(&mut self.open).into_iter().chain(new) {
            // Asked before the filter is: it may end in between.
            let may_change = entry.ending().is_none();
            if self.filter.lets(&entry) {
                self.found.push(entry);
            } else if may_change {
                self.open.push(entry);
            }
        }
    }

    fn end(mut self, enough: bool) -> Waited {
        self.found.sort_unstable_by_key(|entry| entry.number);
        Waited {
            entries: self.found,
            enough,
        }
    }
}
