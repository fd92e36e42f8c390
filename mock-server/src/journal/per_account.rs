//! One shelf of entries for each account, and who loses an entry where a bound is reached.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use super::entry::{Ending, Entry};
use super::retries::Attempts;
pub use crate::config::JournalLimits as Limits;

/// Largest part of one body that is kept, bytes.
const BODY_KEPT: usize = 1024 * 1024;

/// Accounts whose lost entries are counted by themselves.
const ACCOUNTS: usize = 10_000;

/// All shelves.
#[derive(Debug)]
pub(super) struct Shelves {
    limits: Limits,
    accounts: HashMap<Arc<str>, Shelf>,
    /// Fullness and account, fullest last.
    order: BTreeSet<(u64, Arc<str>)>,
    pub(super) entries: usize,
    pub(super) bytes: u64,
    pub(super) dropped: u64,
    /// What each account lost since it was last cleared.
    lost: HashMap<Arc<str>, Lost>,
    /// What accounts lost beyond those that are counted by themselves; it may have been anybody's.
    lost_by_others: Lost,
    last: u64,
}

/// Entries of one account that went because a bound was reached.
#[derive(Debug, Clone, Copy, Default)]
struct Lost {
    count: u64,
    /// Number of the newest one.
    last: u64,
}

/// The entries of one account.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// By number, oldest first.
    pub(super) entries: VecDeque<Arc<Entry>>,
    bytes: u64,
    attempts: Attempts,
}

/// Entries that have left their shelf. Whoever gets them frees them outside the lock.
pub(super) type Gone = Vec<Arc<Entry>>;

impl Limits {
    /// Largest part of one body that is kept, bytes: 1 MiB, or an eighth of a smaller journal.
    pub fn body(&self) -> usize {
        BODY_KEPT.min(usize::try_from(self.bytes / 8).unwrap_or(BODY_KEPT))
    }

    /// Bytes for answers that are still leaving.
    pub(super) fn open(&self) -> u64 {
        self.bytes / 4
    }

    /// Bytes for entries that are on the shelves.
    fn shelved(&self) -> u64 {
        self.bytes - self.open()
    }

    /// Bytes and entries alike, each as a part of its bound.
    fn fullness(&self, shelf: &Shelf) -> u64 {
        let unit = (self.bytes / self.entries.max(1) as u64).max(1);
        shelf.bytes + shelf.entries.len() as u64 * unit
    }
}

impl Shelves {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            accounts: HashMap::new(),
            order: BTreeSet::new(),
            entries: 0,
            bytes: 0,
            dropped: 0,
            lost: HashMap::new(),
            lost_by_others: Lost::default(),
            last: 0,
        }
    }

    /// Numbers an entry, links it with the attempt before and puts it onto its account's shelf.
    pub(super) fn put(&mut self, mut entry: Entry) -> (Arc<Entry>, Gone) {
        self.last += 1;
        entry.number = self.last;
        let weight = entry.weight();
        let account: Arc<str> = entry.account.as_str().into();
        let shelf = self.accounts.entry(Arc::clone(&account)).or_default();
        let before = self.limits.fullness(shelf);
        let entry = shelf.attempts.link(entry);
        shelf.entries.push_back(Arc::clone(&entry));
        shelf.bytes += weight;
        let after = self.limits.fullness(shelf);
        self.entries += 1;
        self.bytes += weight;
        self.reorder(account, before, Some(after));
        (entry, self.make_room())
    }

    /// Closes an entry, which makes it heavier if it is still there.
    pub(super) fn close(&mut self, entry: &Arc<Entry>, ending: Ending) -> Gone {
        let weight = ending.weight();
        // Under the lock, because what goes is weighed with its ending.
        let _ = entry.ending.set(ending);
        let Some(shelf) = self.accounts.get_mut(entry.account.as_str()) else {
            return Gone::new();
        };
        // Shelves lose their oldest entries first, so what is not older than the oldest is there.
        let oldest = shelf.entries.front();
        if oldest.is_none_or(|oldest| oldest.number > entry.number) {
            return Gone::new();
        }
        let before = self.limits.fullness(shelf);
        shelf.bytes += weight;
        let after = self.limits.fullness(shelf);
        self.bytes += weight;
        self.reorder(entry.account.as_str().into(), before, Some(after));
        self.make_room()
    }

    /// Takes the shelf of one account away, or all.
    pub(super) fn clear(&mut self, account: Option<&str>) -> Vec<Shelf> {
        match account {
            Some(account) => drop(self.lost.remove(account)),
            None => {
                self.lost.clear();
                self.lost_by_others = Lost::default();
            }
        }
        let gone: Vec<Shelf> = match account {
            Some(account) => {
                self.order.retain(|(_, a)| &**a != account);
                self.accounts.remove(account).into_iter().collect()
            }
            None => {
                self.order.clear();
                self.accounts.drain().map(|(_, shelf)| shelf).collect()
            }
        };
        for shelf in &gone {
            self.entries -= shelf.entries.len();
            self.bytes -= shelf.bytes;
        }
        gone
    }

    /// How many entries of an account, or of all, went since they were cleared; none where the newest
    /// of them was not behind a number.
    pub(super) fn lost(&self, number: u64, account: Option<&str>) -> u64 {
        let behind = |lost: &&Lost| lost.last > number;
        let count = |lost: Option<&Lost>| lost.filter(behind).map_or(0, |lost| lost.count);
        let own: u64 = match account {
            Some(account) => count(self.lost.get(account)),
            None => self.lost.values().map(|lost| count(Some(lost))).sum(),
        };
        own + count(Some(&self.lost_by_others))
    }

    /// Accounts that have entries, with how many.
    pub(super) fn accounts(&self) -> Vec<(String, usize)> {
        let all = self.accounts.iter();
        all.map(|(account, shelf)| (account.to_string(), shelf.entries.len()))
            .collect()
    }

    /// Entries with a number above this one; in order if they are of one account.
    pub(super) fn above(&self, number: u64, account: Option<&str>) -> Vec<Arc<Entry>> {
        let later = |shelf: &Shelf| {
            let start = shelf.entries.partition_point(|e| e.number <= number);
            shelf.entries.range(start..).cloned().collect::<Vec<_>>()
        };
        match account {
            Some(account) => self.accounts.get(account).map(later).unwrap_or_default(),
            None => self.accounts.values().flat_map(later).collect(),
        }
    }

    /// Takes the oldest entries of the fullest shelves until the bounds hold.
    fn make_room(&mut self) -> Gone {
        let mut gone = Gone::new();
        while self.entries > self.limits.entries || self.bytes > self.limits.shelved() {
            let Some((before, account)) = self.order.last().cloned() else {
                break;
            };
            let Some(shelf) = self.accounts.get_mut(&account) else {
                break;
            };
            let Some(entry) = shelf.entries.pop_front() else {
                break;
            };
            shelf.attempts.forget(&entry);
            let weight = entry.weight() + entry.ending().map_or(0, Ending::weight);
            shelf.bytes -= weight;
            let after = (!shelf.entries.is_empty()).then(|| self.limits.fullness(shelf));
            self.bytes -= weight;
            self.entries -= 1;
            self.dropped += 1;
            let known = self.lost.len() < ACCOUNTS || self.lost.contains_key(&account);
            let lost = match known {
                true => self.lost.entry(Arc::clone(&account)).or_default(),
                false => &mut self.lost_by_others,
            };
            lost.count += 1;
            lost.last = lost.last.max(entry.number);
            if after.is_none() {
                self.accounts.remove(&account);
            }
            self.reorder(account, before, after);
            gone.push(entry);
        }
        gone
    }

    fn reorder(&mut self, account: Arc<str>, before: u64, after: Option<u64>) {
        let key = (before, account);
        self.order.remove(&key);
        if let Some(after) = after {
            self.order.insert((after, key.1));
        }
    }
}
