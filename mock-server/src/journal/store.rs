//! The entries, bounded in number and bytes, fair between accounts.
//!
//! Each account has a shelf of its own. Where a bound is reached, the oldest entry of the fullest
//! shelf goes: a flood of one account throws out that account's entries and no other's, as long as
//! the others keep to their share.
//!
//! One lock guards all shelves. It is held to put one entry, to close one, or to copy the list of
//! them, never while anything is copied, compared or written; entries are shared, not copied.

use std::hash::RandomState;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::counters::Counters;
use super::entry::{Ending, Entry};
use super::filter::Filter;
use super::per_account::{Limits, Shelves};
use super::retries::CallKey;

/// What is kept now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Entries.
    pub entries: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes of answers that are still leaving.
    pub open_bytes: u64,
    /// Entries that went because a bound was reached.
    pub dropped: u64,
}

/// The journal of one mock.
#[derive(Debug)]
pub struct Journal {
    limits: Limits,
    shelves: Mutex<Shelves>,
    open_bytes: AtomicU64,
    stopping: AtomicBool,
    stopped: AtomicBool,
    counters: Counters,
    /// Seeds the keys of calls.
    hashing: RandomState,
    pub(super) changed: Notify,
}

impl Journal {
    /// An empty journal.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            shelves: Mutex::new(Shelves::new(limits)),
            open_bytes: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            counters: Counters::default(),
            hashing: RandomState::new(),
            changed: Notify::new(),
        }
    }

    /// How much is kept at most.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether anything is kept.
    pub fn is_on(&self) -> bool {
        self.limits.entries > 0 && self.limits.bytes > 0
    }

    /// Numbers for the metrics.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// What is kept now.
    pub fn standing(&self) -> Standing {
        let shelves = self.lock();
        Standing {
            entries: shelves.entries,
            bytes: shelves.bytes,
            open_bytes: self.open_bytes.load(Ordering::Relaxed),
            dropped: shelves.dropped,
        }
    }

    /// How many entries of an account, or of all, are no longer there because a bound was reached:
    /// since the last reset, and as far as they can have been behind the entry of this number.
    pub fn lost(&self, number: u64, account: Option<&str>) -> u64 {
        self.lock().lost(number, account)
    }

    /// Accounts that have entries, with how many.
    pub fn accounts(&self) -> Vec<(String, usize)> {
        self.lock().accounts()
    }

    /// The entries that a filter lets through, oldest first.
    pub fn entries(&self, filter: &Filter) -> Vec<Arc<Entry>> {
        let mut found = self.above(0, filter.account.as_deref());
        let since = filter.since.as_deref();
        let since = since.map_or(0, |since| number_of(since, &found));
        found.retain(|entry| entry.number > since && filter.lets(entry));
        found
    }

    /// An entry by its request id.
    pub fn entry(&self, id: &str) -> Option<Arc<Entry>> {
        self.above(0, None).into_iter().find(|e| e.id == id)
    }

    /// Entries with a number above this one, of one account or of all, oldest first.
    pub(super) fn above(&self, number: u64, account: Option<&str>) -> Vec<Arc<Entry>> {
        let mut found = self.lock().above(number, account);
        if account.is_none() {
            found.sort_unstable_by_key(|entry| entry.number);
        }
        found
    }

    /// The number that the `since` of a filter names.
    pub fn since(&self, filter: &Filter) -> u64 {
        let since = filter.since.as_deref();
        since.map_or(0, |since| number_of(since, &self.above(0, None)))
    }

    /// Forgets the entries of one account, or all. Numbers go on.
    pub fn clear(&self, account: Option<&str>) -> usize {
        // Freed at the end of this function, outside the lock.
        let gone = self.lock().clear(account);
        gone.iter().map(|shelf| shelf.entries.len()).sum()
    }

    /// The server is stopping: whoever waits or follows is let go.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.changed.notify_waiters();
    }

    /// Whether the server is stopping.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// The time that open exchanges had to finish is over: what ends now was cut off.
    pub fn stopped(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Puts an entry onto its account's shelf and links it with the attempt before.
    pub(super) fn put(&self, mut entry: Entry) -> Arc<Entry> {
        entry.call = CallKey::of(&entry, &self.hashing);
        let (entry, gone) = self.lock().put(entry);
        drop(gone);
        self.changed.notify_waiters();
        entry
    }

    /// Closes an entry.
    pub(super) fn close(&self, entry: &Arc<Entry>, ending: Ending) {
        let gone = self.lock().close(entry, ending);
        drop(gone);
        self.changed.notify_waiters();
    }

    /// Takes bytes from the share of answers that are still leaving; false if there is not enough.
    pub(super) fn charge(&self, bytes: u64) -> bool {
        let before = self.open_bytes.fetch_add(bytes, Ordering::Relaxed);
        let fits = before + bytes <= self.limits.open();
        if !fits {
            self.uncharge(bytes);
        }
        fits
    }

    pub(super) fn uncharge(&self, bytes: u64) {
        self.open_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number that a `since` names: a number itself, or the request id of an entry. An id that is no
/// longer there is older than all that is.
pub(super) fn number_of(since: &str, entries: &[Arc<Entry>]) -> u64 {
    let by_id = || entries.iter().find(|e| e.id == since).map(|e| e.number);
    since.parse().ok().or_else(by_id).unwrap_or(0)
}
