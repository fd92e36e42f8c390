//! The scenarios in force: those of files, those put for all, and those put for one account.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::document::MOST;
use super::index::Ranked;
use super::loaded::Entry;
use super::request_view::Subject;
use super::scenario::{INFERENCE, Scenario, Step};

/// Accounts that may have scenarios of their own at once.
const ACCOUNTS: usize = 10_000;
/// Scenarios that a refusal names.
const NEAREST: usize = 3;
/// Missed requests that are remembered.
const MISSES: usize = 20;

/// All scenarios. Lists are made aside and then replaced whole, so no request waits for long.
#[derive(Debug, Default)]
pub struct Scenarios {
    lists: RwLock<Lists>,
    /// Held by whoever makes a list, so that no change is lost; requests do not ask for it.
    changes: Mutex<()>,
    /// Held by whoever reads a large text.
    readings: Mutex<()>,
    remembers: AtomicBool,
    misses: Mutex<VecDeque<String>>,
}

type List = Arc<Ranked>;

#[derive(Debug, Default)]
struct Lists {
    files: List,
    shared: List,
    own: HashMap<String, List>,
    /// `shared` and `files` as they are tried.
    all: List,
}

impl Lists {
    fn of(&self, account: Option<&str>) -> List {
        let list = match account {
            None => Some(&self.shared),
            Some(account) => self.own.get(account),
        };
        list.cloned().unwrap_or_default()
    }
}

/// What the scenarios say to a request.
#[derive(Debug)]
pub enum Outcome {
    /// This scenario answers, with the step of this number.
    Play {
        /// The scenario.
        entry: Arc<Entry>,
        /// The step's place in its sequence, from 0.
        step: usize,
    },
    /// Scenarios match, but have given all their answers: their names.
    Exhausted(Vec<String>),
    /// None matches.
    Miss,
}

impl Scenarios {
    /// Replaces the scenarios of files. One that is as it was before keeps its counts.
    pub fn set_files(&self, scenarios: Vec<(String, Arc<Scenario>)>) {
        let _one = self.changing();
        let (old, shared) = {
            let lists = self.read();
            (Arc::clone(&lists.files), Arc::clone(&lists.shared))
        };
        let name = |e: &Arc<Entry>| (e.origin.clone(), e.scenario.name.clone());
        let old: HashMap<_, _> = old.entries.iter().map(|e| (name(e), e)).collect();
        let entries = scenarios.into_iter().map(|(file, scenario)| {
            let before = old.get(&(file.clone(), scenario.name.clone()));
            match before.filter(|e| e.scenario.written == scenario.written) {
                Some(entry) => Arc::clone(entry),
                None => Arc::new(Entry::new(scenario, None, &file)),
            }
        });
        let files = ranked(entries.collect());
        let all = merged(&shared, &files);
        let mut lists = self.write();
        (lists.files, lists.all) = (files, all);
    }

    /// Replaces the scenarios of an account, or those for all. Fails where too many accounts have
    /// some.
    pub fn put(&self, account: Option<&str>, scenarios: Vec<Arc<Scenario>>) -> Result<(), String> {
        let entries = scenarios.into_iter().map(|s| entry(s, account)).collect();
        self.change(account, |_| entries)
    }

    /// Adds to the scenarios of an account, or to those for all; one of the same name is replaced.
    /// Fails where there are too many.
    pub fn add(
        &self,
        account: Option<&str>,
        scenario: Arc<Scenario>,
    ) -> Result<Arc<Entry>, String> {
        let added = entry(scenario, account);
        self.change(account, |list| {
            let other = |e: &&Arc<Entry>| e.scenario.name != added.scenario.name;
            let mut all: Vec<Arc<Entry>> = list.entries.iter().filter(other).cloned().collect();
            all.push(Arc::clone(&added));
            all
        })?;
        Ok(added)
    }

    /// Takes a scenario away by its name. Those of files stay, because the file says so.
    pub fn remove(&self, account: Option<&str>, name: &str) -> bool {
        let mut removed = false;
        let done = self.change(account, |list| {
            let other = |e: &&Arc<Entry>| e.scenario.name != name;
            let kept: Vec<Arc<Entry>> = list.entries.iter().filter(other).cloned().collect();
            removed = kept.len() < list.entries.len();
            kept
        });
        done.is_ok() && removed
    }

    /// Takes away what was put for an account and forgets what it has been answered; for all accounts
    /// if none is named. Scenarios of files stay.
    pub fn reset(&self, account: Option<&str>) {
        let _one = self.changing();
        let all = {
            let mut lists = self.write();
            match account {
                Some(account) => {
                    lists.own.remove(account);
                }
                None => {
                    lists.own.clear();
                    lists.shared = List::default();
                    lists.all = Arc::clone(&lists.files);
                }
            }
            Arc::clone(&lists.all)
        };
        for entry in &all.entries {
            entry.reset(account);
        }
        if account.is_none() {
            let mut misses = self.misses.lock().unwrap_or_else(PoisonError::into_inner);
            misses.clear();
        }
    }

    /// Makes a list from the one that is there; an account without scenarios is forgotten.
    fn change(
        &self,
        account: Option<&str>,
        make: impl FnOnce(&List) -> Vec<Arc<Entry>>,
    ) -> Result<(), String> {
        let _one = self.changing();
        let (now, files, crowded) = {
            let lists = self.read();
            let new = account.is_some_and(|account| !lists.own.contains_key(account));
            let crowded = new && lists.own.len() >= ACCOUNTS;
            (lists.of(account), Arc::clone(&lists.files), crowded)
        };
        let entries = make(&now);
        if entries.len() > MOST {
            return Err(format!(
                "there are {MOST} scenarios already; DELETE those of finished tests"
            ));
        }
        if crowded && !entries.is_empty() {
            return Err(format!(
                "{ACCOUNTS} accounts have scenarios already; DELETE those of finished tests"
            ));
        }
        let list = ranked(entries);
        match account {
            None => {
                let all = merged(&list, &files);
                let mut lists = self.write();
                (lists.shared, lists.all) = (list, all);
            }
            Some(account) if list.is_empty() => {
                self.write().own.remove(account);
            }
            Some(account) => {
                self.write().own.insert(account.to_owned(), list);
            }
        }
        Ok(())
    }

    /// Waits until nobody else reads a large text, and keeps others waiting while it is held.
    pub fn reading(&self) -> MutexGuard<'_, ()> {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The scenarios that an account meets, in the order in which they are tried: its own, then those
    /// for all, the most specific first among each; all scenarios if no account is named.
    pub fn list(&self, account: Option<&str>) -> Vec<Arc<Entry>> {
        let lists = self.read();
        let own: Vec<List> = match account {
            Some(account) => lists.own.get(account).cloned().into_iter().collect(),
            None => lists.own.values().cloned().collect(),
        };
        let own = own.iter().flat_map(|l| l.entries.iter().cloned());
        own.chain(lists.all.entries.iter().cloned()).collect()
    }

    /// Whether there is any scenario at all; asked before a request is looked at closer.
    pub fn is_empty(&self) -> bool {
        let lists = self.read();
        lists.all.is_empty() && lists.own.is_empty()
    }

    /// Finds the scenario for a request and takes its next step.
    pub fn play(&self, subject: &Subject<'_>) -> Outcome {
        let (own, all) = {
            let lists = self.read();
            let own = lists.own.get(subject.account).cloned();
            (own.unwrap_or_default(), Arc::clone(&lists.all))
        };
        let mut exhausted = Vec::new();
        for entry in own.candidates(subject).chain(all.candidates(subject)) {
            if !entry.scenario.fits(subject) {
                continue;
            }
            match entry.next(subject.account).map(|(at, _)| at) {
                Some(step) => {
                    let entry = Arc::clone(entry);
                    return Outcome::Play { entry, step };
                }
                None => exhausted.push(entry.scenario.name.clone()),
            }
        }
        let outcome = match exhausted.is_empty() {
            true => Outcome::Miss,
            false => Outcome::Exhausted(exhausted),
        };
        let model = INFERENCE.contains(&subject.operation);
        if model && self.remembers.load(Ordering::Relaxed) {
            self.remember(subject, &outcome);
        }
        outcome
    }

    /// From now on, remembers the last requests to models that no scenario answered, with the scenarios that
    /// they missed least. Looking for those costs time, so it is asked for.
    pub fn remember_misses(&self) {
        self.remembers.store(true, Ordering::Relaxed);
    }

    /// The remembered ones, oldest first.
    pub fn misses(&self) -> Vec<String> {
        let misses = self.misses.lock().unwrap_or_else(PoisonError::into_inner);
        misses.iter().cloned().collect()
    }

    fn remember(&self, subject: &Subject<'_>, outcome: &Outcome) {
        let why = match outcome {
            Outcome::Exhausted(names) => format!("exhausted: {}", names.join(", ")),
            _ => format!("nearest: {}", self.nearest(subject).join("; ")),
        };
        let model = subject.model_sent.map(|m| format!(" to {m}"));
        let text = format!(
            "{}{} by {}: {why}",
            subject.operation,
            model.unwrap_or_default(),
            subject.account
        );
        let mut misses = self.misses.lock().unwrap_or_else(PoisonError::into_inner);
        if misses.len() >= MISSES {
            misses.pop_front();
        }
        misses.push_back(text);
    }

    /// The scenarios that a request misses least, each with the first clause that it does not fit.
    pub fn nearest(&self, subject: &Subject<'_>) -> Vec<String> {
        let mut missed: Vec<(usize, String)> = self
            .list(Some(subject.account))
            .iter()
            .filter_map(|entry| {
                let why = entry.scenario.misfit(subject)?;
                let fits = entry.scenario.matcher.fitting(subject);
                Some((fits, format!("{:?} ({why})", entry.scenario.name)))
            })
            .collect();
        missed.sort_by_key(|(fits, _)| Reverse(*fits));
        missed
            .into_iter()
            .take(NEAREST)
            .map(|(_, text)| text)
            .collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, Lists> {
        self.lists.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Lists> {
        self.lists.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// The step at a place of the sequence.
    pub fn step(&self, at: usize) -> Option<&Step> {
        self.scenario.steps.get(at)
    }
}

/// Most specific first; the order in which they were declared breaks ties.
fn ranked(mut entries: Vec<Arc<Entry>>) -> List {
    entries.sort_by_cached_key(|e| Reverse(e.scenario.matcher.specificity()));
    Arc::new(Ranked::new(entries))
}

/// What was put and what files say, as they are tried: what was put first, where both are equally
/// specific.
fn merged(put: &List, files: &List) -> List {
    match (put.is_empty(), files.is_empty()) {
        (true, _) => Arc::clone(files),
        (_, true) => Arc::clone(put),
        _ => ranked(put.entries.iter().chain(&files.entries).cloned().collect()),
    }
}

fn entry(scenario: Arc<Scenario>, account: Option<&str>) -> Arc<Entry> {
    let owner = account.map(str::to_owned);
    Arc::new(Entry::new(scenario, owner, "control"))
}
