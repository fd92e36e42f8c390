//! A loaded scenario and how often it has answered.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::scenario::{Scenario, Step};

/// Accounts whose counts are kept for one scenario; beyond that the smallest count is forgotten.
const ACCOUNTS: usize = 10_000;

/// A loaded scenario.
#[derive(Debug)]
pub struct Entry {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// The account that it was put for; for all if absent.
    pub account: Option<String>,
    /// Where it comes from: a file's path, or `control`.
    pub origin: String,
    hits: AtomicU64,
    counts: Mutex<HashMap<String, u64>>,
}

impl Entry {
    /// A scenario that has not answered yet.
    pub fn new(scenario: Arc<Scenario>, account: Option<String>, origin: &str) -> Self {
        Self {
            scenario,
            account,
            origin: origin.into(),
            hits: AtomicU64::new(0),
            counts: Mutex::new(HashMap::new()),
        }
    }

    /// Takes the next step for an account; `None` once the scenario is exhausted for it.
    pub fn next(&self, account: &str) -> Option<(usize, &Step)> {
        let mut counts = self.counts();
        let number = counts.get(account).copied().unwrap_or(0);
        let step = self.scenario.step(number)?;
        match counts.get_mut(account) {
            Some(count) => *count += 1,
            None => {
                if counts.len() >= ACCOUNTS {
                    let least = counts.iter().min_by_key(|(_, n)| **n);
                    let least = least.map(|(account, _)| account.clone());
                    counts.remove(&least.unwrap_or_default());
                }
                counts.insert(account.to_owned(), 1);
            }
        }
        self.hits.fetch_add(1, Ordering::Relaxed);
        Some(step)
    }

    /// Answers given so far, to all accounts.
    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }

    /// Answers given so far to one account.
    pub fn hits_of(&self, account: &str) -> u64 {
        self.counts().get(account).copied().unwrap_or(0)
    }

    /// Forgets the answers given to one account, or to all.
    pub fn reset(&self, account: Option<&str>) {
        let mut counts = self.counts();
        match account {
            Some(account) => {
                let forgotten = counts.remove(account).unwrap_or(0);
                self.hits.fetch_sub(forgotten, Ordering::Relaxed);
            }
            None => {
                counts.clear();
                self.hits.store(0, Ordering::Relaxed);
            }
        }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
