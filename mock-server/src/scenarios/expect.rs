//! What a test expects of its scenarios, and what it is told where that did not happen.

use std::sync::{Arc, Mutex, PoisonError};

use super::build::{Expected, ScenarioBuilder};
use super::document;
use super::loaded::Entry;
use super::store::Scenarios;
use crate::account::is_account;
use crate::model::Model;

/// A scenario that a mock took.
#[derive(Debug, Clone)]
pub struct ScenarioHandle(Arc<Entry>);

impl ScenarioHandle {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.scenario.name
    }

    /// Answers given so far, to all accounts.
    pub fn hits(&self) -> u64 {
        self.0.hits()
    }

    /// Answers given so far to one account.
    pub fn hits_of(&self, account: &str) -> u64 {
        self.0.hits_of(account)
    }
}

/// Scenarios that a mock did not take, and why: a line for each thing that is wrong.
#[derive(Debug, Clone)]
pub struct WrongScenario(String);

impl std::fmt::Display for WrongScenario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongScenario {}

/// The expectations of one mock.
#[derive(Debug, Default)]
pub struct Expectations(Mutex<Vec<(Expected, ScenarioHandle)>>);

impl Expectations {
    /// Puts a built scenario, and notes what is expected of it.
    pub fn put(
        &self,
        scenarios: &Scenarios,
        models: &[Model],
        builder: ScenarioBuilder,
    ) -> Result<ScenarioHandle, WrongScenario> {
        let text = format!("{:#}", builder.written());
        let (owner, expected) = builder.into_terms();
        let account = owner.as_deref();
        check_account(account)?;
        let scenario = document::read_one("scenario", &text, models).map_err(|p| wrong(&p))?;
        let entry = scenarios.add(account, Arc::new(scenario));
        let handle = ScenarioHandle(entry.map_err(WrongScenario)?);
        if let Some(expected) = expected {
            scenarios.remember_misses();
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.push((expected, handle.clone()));
        }
        Ok(handle)
    }

    /// Which expectations are not met, with all scenarios and the requests that none of them answered;
    /// `None` if all are.
    pub fn broken(&self, scenarios: &Scenarios) -> Option<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<String> = all
            .iter()
            .filter(|(expected, handle)| !expected.is_met(handle.hits()))
            .map(|(expected, handle)| {
                let (name, hits) = (handle.name(), handle.hits());
                format!("  {name:?} was expected to answer {expected} times, and did {hits}")
            })
            .collect();
        if lines.is_empty() {
            return None;
        }
        let list = |entry: &Arc<Entry>| {
            let owner = entry.account.as_ref();
            let owner = owner.map_or_else(String::new, |a| format!(" of account {a}"));
            format!("  {:?}{owner}: {}", entry.scenario.name, entry.hits())
        };
        let listed: Vec<String> = scenarios.list(None).iter().map(list).collect();
        let misses = match scenarios.misses() {
            none if none.is_empty() => "  none".to_owned(),
            some => some.iter().map(|m| format!("  {m}\n")).collect(),
        };
        Some(format!(
            "scenarios were not used as expected:\n{}\nscenarios and their answers:\n{}\nrequests that no scenario answered:\n{}",
            lines.join("\n"),
            listed.join("\n"),
            misses.trim_end()
        ))
    }
}

/// Puts the scenarios of a text that is written as a scenario file, in the place of those that were
/// put for the account, or for all.
pub fn put_text(
    scenarios: &Scenarios,
    models: &[Model],
    account: Option<&str>,
    text: &str,
) -> Result<(), WrongScenario> {
    check_account(account)?;
    let read = document::read("scenarios", text, models).map_err(|p| wrong(&p))?;
    scenarios.put(account, read).map_err(WrongScenario)
}

fn check_account(account: Option<&str>) -> Result<(), WrongScenario> {
    match account.filter(|account| !is_account(account)) {
        None => Ok(()),
        Some(account) => Err(WrongScenario(format!(
            "account: an account has 12 digits, this is {account:?}"
        ))),
    }
}

fn wrong(problems: &[super::Located]) -> WrongScenario {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    WrongScenario(lines.join("\n"))
}
