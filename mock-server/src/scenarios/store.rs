//! The scenarios in force: those of files, those put for all, and those put for one account.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::entry::Entry;
use super::scenario::{Scenario, Step};
use super::subject::Subject;

/// Accounts that may have scenarios of their own at once.
const ACCOUNTS: usize = 10_000;
/// Scenarios that a refusal names.
const NEAREST: usize = 3;

/// All scenarios. Reading one takes no lock that another request holds for long: lists are replaced
/// whole.
#[derive(Debug, Default)]
pub struct Scenarios {
    lists: RwLock<Lists>,
}

type List = Arc<Vec<Arc<Entry>>>;

#[derive(Debug, Default)]
struct Lists {
    files: List,
    shared: List,
    own: HashMap<String, List>,
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
        let mut lists = self.write();
        let old = Arc::clone(&lists.files);
        let entries = scenarios.into_iter().map(|(file, scenario)| {
            let same = |e: &&Arc<Entry>| e.origin == file && e.scenario.written == scenario.written;
            match old.iter().find(same) {
                Some(entry) => Arc::clone(entry),
                None => Arc::new(Entry::new(scenario, None, &file)),
            }
        });
        lists.files = ranked(entries.collect());
    }

    /// Replaces the scenarios of an account, or those for all. Returns how many there were, or an
    /// error text where too many accounts have some.
    pub fn put(&self, account: Option<&str>, scenarios: Vec<Arc<Scenario>>) -> Result<(), String> {
        let mut lists = self.write();
        let owner = account.map(str::to_owned);
        let entries = scenarios.into_iter();
        let entries = entries.map(|s| Arc::new(Entry::new(s, owner.clone(), "control")));
        let list = ranked(entries.collect());
        match account {
            None => lists.shared = list,
            Some(account) if list.is_empty() => {
                lists.own.remove(account);
            }
            Some(account) => {
                if lists.own.len() >= ACCOUNTS && !lists.own.contains_key(account) {
                    return Err(format!(
                        "{ACCOUNTS} accounts have scenarios already; DELETE those of finished tests"
                    ));
                }
                lists.own.insert(account.to_owned(), list);
            }
        }
        Ok(())
    }

    /// Adds to the scenarios of an account, or to those for all; one of the same name is replaced.
    pub fn add(&self, account: Option<&str>, scenario: Arc<Scenario>) -> Result<(), String> {
        let mut all = {
            let lists = self.read();
            let list = match account {
                None => Some(&lists.shared),
                Some(account) => lists.own.get(account),
            };
            let kept = list.map(|l| l.to_vec()).unwrap_or_default();
            kept.into_iter()
                .filter(|e| e.scenario.name != scenario.name)
                .collect::<Vec<_>>()
        };
        all.push(Arc::new(Entry::new(
            scenario,
            account.map(str::to_owned),
            "control",
        )));
        let mut lists = self.write();
        match account {
            None => lists.shared = ranked(all),
            Some(account) => {
                if lists.own.len() >= ACCOUNTS && !lists.own.contains_key(account) {
                    return Err(format!("{ACCOUNTS} accounts have scenarios already"));
                }
                lists.own.insert(account.to_owned(), ranked(all));
            }
        }
        Ok(())
    }

    /// Takes a scenario away by its name. Those of files stay, because the file says so.
    pub fn remove(&self, account: Option<&str>, name: &str) -> bool {
        let mut lists = self.write();
        let without = |list: &List| {
            let kept = list.iter().filter(|e| e.scenario.name != name).cloned();
            Arc::new(kept.collect::<Vec<_>>())
        };
        match account {
            None => {
                let before = lists.shared.len();
                lists.shared = without(&lists.shared);
                before != lists.shared.len()
            }
            Some(account) => {
                let Some(list) = lists.own.get(account) else {
                    return false;
                };
                let (before, after) = (list.len(), without(list));
                let removed = before != after.len();
                if after.is_empty() {
                    lists.own.remove(account);
                } else {
                    lists.own.insert(account.to_owned(), after);
                }
                removed
            }
        }
    }

    /// Takes away what was put for an account and forgets what it has been answered; for all accounts
    /// if none is named. Scenarios of files stay.
    pub fn reset(&self, account: Option<&str>) {
        let mut lists = self.write();
        match account {
            Some(account) => {
                lists.own.remove(account);
            }
            None => {
                lists.own.clear();
                lists.shared = List::default();
            }
        }
        for entry in lists.files.iter().chain(lists.shared.iter()) {
            entry.reset(account);
        }
    }

    /// The scenarios that an account meets, in the order in which they are tried: its own, then those
    /// for all, the most specific first among each; all scenarios if no account is named.
    pub fn list(&self, account: Option<&str>) -> Vec<Arc<Entry>> {
        let lists = self.read();
        let own: Vec<List> = match account {
            Some(account) => lists.own.get(account).cloned().into_iter().collect(),
            None => lists.own.values().cloned().collect(),
        };
        let shared = merged(&lists.shared, &lists.files);
        own.iter()
            .flat_map(|l| l.iter().cloned())
            .chain(shared)
            .collect()
    }

    /// Whether there is any scenario at all; asked before a request is looked at closer.
    pub fn is_empty(&self) -> bool {
        let lists = self.read();
        lists.files.is_empty() && lists.shared.is_empty() && lists.own.is_empty()
    }

    /// Finds the scenario for a request and takes its next step.
    pub fn play(&self, subject: &Subject<'_>) -> Outcome {
        let (own, shared, files) = {
            let lists = self.read();
            let own = lists.own.get(subject.account).cloned();
            (
                own.unwrap_or_default(),
                Arc::clone(&lists.shared),
                Arc::clone(&lists.files),
            )
        };
        let mut exhausted = Vec::new();
        for entry in own.iter().cloned().chain(merged(&shared, &files)) {
            if entry.scenario.matcher.misfit(subject).is_some() {
                continue;
            }
            match entry.next(subject.account).map(|(at, _)| at) {
                Some(step) => return Outcome::Play { entry, step },
                None => exhausted.push(entry.scenario.name.clone()),
            }
        }
        match exhausted.is_empty() {
            true => Outcome::Miss,
            false => Outcome::Exhausted(exhausted),
        }
    }

    /// The scenarios that a request misses least, each with the first clause that it does not fit.
    pub fn nearest(&self, subject: &Subject<'_>) -> Vec<String> {
        let mut missed: Vec<(usize, String)> = self
            .list(Some(subject.account))
            .iter()
            .filter_map(|entry| {
                let matcher = &entry.scenario.matcher;
                let why = matcher.misfit(subject)?;
                let fits = matcher.fitting(subject);
                Some((fits, format!("{:?} ({why})", entry.scenario.name)))
            })
            .collect();
        missed.sort_by_key(|(fits, _)| std::cmp::Reverse(*fits));
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
    entries.sort_by_key(|e| std::cmp::Reverse(e.scenario.matcher.specificity()));
    Arc::new(entries)
}

/// Two ranked lists as one; what was put comes before what files say.
fn merged(put: &List, files: &List) -> Vec<Arc<Entry>> {
    let mut all: Vec<Arc<Entry>> = put.iter().chain(files.iter()).cloned().collect();
    if !put.is_empty() && !files.is_empty() {
        all.sort_by_key(|e| std::cmp::Reverse(e.scenario.matcher.specificity()));
    }
    all
}
