//! The entries, bounded in number and bytes, fair between accounts.
//!
//! Each account has a shelf of its own. Where a bound is reached, the oldest entry of the fullest
//! shelf goes: a flood of one account throws out that account's entries and no other's, as long as
//! the others keep to their share. Fullness counts bytes and entries alike, each as a part of its
//! bound.
//!
//! One lock guards all shelves. It is held to put one entry, to close one, or to copy the list of
//! them, never while anything is copied, compared or written; entries are shared, not copied.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::RandomState;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::counters::Counters;
use super::entry::{Ending, Entry};
use super::filter::Filter;
use super::retries::{Attempts, CallKey};

/// Largest part of one body that is kept, bytes.
const BODY_KEPT: usize = 1024 * 1024;

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most entries; 0 keeps none.
    pub entries: usize,
    /// Most bytes of all entries together; 0 keeps none. A quarter is for answers that are still
    /// leaving.
    pub bytes: u64,
}

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

#[derive(Debug, Default)]
struct Shelves {
    accounts: HashMap<Arc<str>, Shelf>,
    /// Fullness and account, fullest last.
    order: BTreeSet<(u64, Arc<str>)>,
    entries: usize,
    bytes: u64,
    last: u64,
    dropped: u64,
}

#[derive(Debug, Default)]
struct Shelf {
    /// By number, oldest first.
    entries: VecDeque<Arc<Entry>>,
    bytes: u64,
    attempts: Attempts,
}

impl Limits {
    /// Largest part of one body that is kept, bytes: 1 MiB, or an eighth of a smaller journal.
    pub fn body(&self) -> usize {
        BODY_KEPT.min(usize::try_from(self.bytes / 8).unwrap_or(BODY_KEPT))
    }

    /// Bytes for entries that are on the shelves.
    fn shelved(&self) -> u64 {
        self.bytes - self.bytes / 4
    }

    /// What one entry weighs beside its bytes, when shelves are compared.
    fn unit(&self) -> u64 {
        (self.bytes / self.entries.max(1) as u64).max(1)
    }
}

impl Journal {
    /// An empty journal.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            shelves: Mutex::default(),
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

    /// Accounts that have entries, with how many.
    pub fn accounts(&self) -> Vec<(String, usize)> {
        let shelves = self.lock();
        let all = shelves.accounts.iter();
        all.map(|(account, shelf)| (account.to_string(), shelf.entries.len()))
            .collect()
    }

    /// The entries that a filter lets through, oldest first.
    pub fn entries(&self, filter: &Filter) -> Vec<Arc<Entry>> {
        let mut found = self.shared(filter.account.as_deref(), 0);
        let since = match &filter.since {
            Some(since) => self.number_of(since, &found),
            None => 0,
        };
        found.retain(|entry| entry.number > since && filter.lets(entry));
        found
    }

    /// An entry by its request id.
    pub fn entry(&self, id: &str) -> Option<Arc<Entry>> {
        self.shared(None, 0).into_iter().find(|e| e.id == id)
    }

    /// Entries with a number above this one, of one account or of all, oldest first.
    pub(super) fn shared(&self, account: Option<&str>, above: u64) -> Vec<Arc<Entry>> {
        let shelves = self.lock();
        let later = |shelf: &Shelf| {
            let start = shelf.entries.partition_point(|e| e.number <= above);
            shelf.entries.range(start..).cloned().collect::<Vec<_>>()
        };
        match account {
            Some(account) => shelves.accounts.get(account).map(later).unwrap_or_default(),
            None => {
                let mut all: Vec<_> = shelves.accounts.values().flat_map(later).collect();
                drop(shelves);
                all.sort_unstable_by_key(|entry| entry.number);
                all
            }
        }
    }

    /// The number that a `since` names: a number itself, or the request id of an entry. An id that is
    /// no longer there is older than all that is.
    pub(super) fn number_of(&self, since: &str, entries: &[Arc<Entry>]) -> u64 {
        let by_id = || entries.iter().find(|e| e.id == since).map(|e| e.number);
        since.parse().ok().or_else(by_id).unwrap_or(0)
    }

    /// Forgets the entries of one account, or all. Numbers go on.
    pub fn clear(&self, account: Option<&str>) -> usize {
        let mut shelves = self.lock();
        let gone: Vec<Shelf> = match account {
            Some(account) => shelves.accounts.remove(account).into_iter().collect(),
            None => shelves.accounts.drain().map(|(_, shelf)| shelf).collect(),
        };
        match account {
            Some(account) => shelves.order.retain(|(_, a)| &**a != account),
            None => shelves.order.clear(),
        }
        let count = gone.iter().map(|shelf| shelf.entries.len()).sum();
        shelves.entries -= count;
        shelves.bytes -= gone.iter().map(|shelf| shelf.bytes).sum::<u64>();
        drop(shelves);
        // Freed here, outside the lock.
        drop(gone);
        count
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
        let weight = entry.weight();
        entry.call = CallKey::of(&entry, &self.hashing);
        let account: Arc<str> = entry.account.as_str().into();
        let mut shelves = self.lock();
        shelves.last += 1;
        entry.number = shelves.last;
        let shelf = shelves.accounts.entry(Arc::clone(&account)).or_default();
        let before = self.fullness(shelf);
        let entry = shelf.attempts.link(entry);
        shelf.entries.push_back(Arc::clone(&entry));
        shelf.bytes += weight;
        let after = self.fullness(shelf);
        shelves.entries += 1;
        shelves.bytes += weight;
        shelves.move_in_order(account, before, Some(after));
        let gone = self.make_room(&mut shelves);
        drop(shelves);
        drop(gone);
        self.changed.notify_waiters();
        entry
    }

    /// Closes an entry.
    pub(super) fn close(&self, entry: &Arc<Entry>, ending: Ending) {
        let weight = ending.weight();
        let mut shelves = self.lock();
        // Under the lock, because what goes is weighed with its ending.
        let _ = entry.ending.set(ending);
        // Shelves lose their oldest entries first, so what is not older than the oldest is there.
        let shelf = shelves.accounts.get_mut(entry.account.as_str());
        let there = shelf.filter(|shelf| {
            let oldest = shelf.entries.front();
            oldest.is_some_and(|oldest| oldest.number <= entry.number)
        });
        let mut gone = Vec::new();
        if let Some(shelf) = there {
            let before = self.fullness(shelf);
            shelf.bytes += weight;
            let after = self.fullness(shelf);
            shelves.bytes += weight;
            shelves.move_in_order(entry.account.as_str().into(), before, Some(after));
            gone = self.make_room(&mut shelves);
        }
        drop(shelves);
        drop(gone);
        self.changed.notify_waiters();
    }

    /// Takes bytes from the share of answers that are still leaving; false if there is not enough.
    pub(super) fn charge(&self, bytes: u64) -> bool {
        let before = self.open_bytes.fetch_add(bytes, Ordering::Relaxed);
        let fits = before + bytes <= self.limits.bytes / 4;
        if !fits {
            self.uncharge(bytes);
        }
        fits
    }

    pub(super) fn uncharge(&self, bytes: u64) {
        self.open_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn fullness(&self, shelf: &Shelf) -> u64 {
        shelf.bytes + shelf.entries.len() as u64 * self.limits.unit()
    }

    /// Takes entries out until the bounds hold. They are handed back so that they are freed outside
    /// the lock.
    fn make_room(&self, shelves: &mut Shelves) -> Vec<Arc<Entry>> {
        let mut gone = Vec::new();
        while shelves.entries > self.limits.entries || shelves.bytes > self.limits.shelved() {
            let Some((before, account)) = shelves.order.last().cloned() else {
                break;
            };
            let Some(shelf) = shelves.accounts.get_mut(&account) else {
                break;
            };
            let Some(entry) = shelf.entries.pop_front() else {
                break;
            };
            shelf.attempts.forget(&entry);
            let weight = entry.weight() + entry.ending().map_or(0, Ending::weight);
            shelf.bytes = shelf.bytes.saturating_sub(weight);
            let after = (!shelf.entries.is_empty()).then(|| self.fullness(shelf));
            shelves.bytes = shelves.bytes.saturating_sub(weight);
            shelves.entries -= 1;
            shelves.dropped += 1;
            if after.is_none() {
                shelves.accounts.remove(&account);
            }
            shelves.move_in_order(account, before, after);
            gone.push(entry);
        }
        gone
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelves {
    fn move_in_order(&mut self, account: Arc<str>, before: u64, after: Option<u64>) {
        let key = (before, account);
        self.order.remove(&key);
        if let Some(after) = after {
            self.order.insert((after, key.1));
        }
    }
}
