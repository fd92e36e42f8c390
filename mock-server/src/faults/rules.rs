//! The rules in force, and how often each applied.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::rule::Count;
use super::{Fault, FaultContext, Rule, RuleError, is_terminal};
use crate::model::Model;

/// Rules that are kept; more are refused.
const RULES: usize = 1_000;
/// Accounts that a rule counts by themselves; those beyond share one count.
const ACCOUNTS: usize = 10_000;

/// The rules in force.
#[derive(Debug, Default)]
pub struct Rules {
    table: Mutex<Table>,
    /// How many there are, so that a mock without faults takes no lock for them.
    len: AtomicUsize,
}

#[derive(Debug, Default)]
struct Table {
    rules: Vec<Counted>,
    made: u64,
}

#[derive(Debug)]
struct Counted {
    id: String,
    rule: Rule,
    counts: HashMap<String, Counter>,
    /// Given at the start, like the settings: a reset clears its counts only.
    permanent: bool,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counter {
    fitted: u64,
    hits: u64,
}

/// A rule and how often it applied.
#[derive(Debug, Clone)]
pub struct ActiveRule {
    /// Its id.
    pub id: String,
    /// The rule.
    pub rule: Rule,
    /// Requests that fitted it.
    pub fitted: u64,
    /// Requests to which its fault applied.
    pub hits: u64,
}

impl ActiveRule {
    /// Returns it as the control API shows it: the rule's members, `fitted` and `hits`.
    pub fn to_value(&self) -> Value {
        let mut value = self.rule.clone().id(&self.id).to_value();
        value["fitted"] = json!(self.fitted);
        value["hits"] = json!(self.hits);
        value
    }
}

/// A request to which faults may apply.
pub struct Strike<'a> {
    /// The caller's account.
    pub account: &'a str,
    /// Model ids by which a rule may know it: as requested, and as resolved.
    pub models: &'a dyn Fn() -> Vec<String>,
    /// The operation.
    pub context: FaultContext<'a>,
}

impl Rules {
    /// Adds a rule and returns its id. A rule with the id of one that is there takes its place.
    ///
    /// Fails if the rule is wrong, or if no operation that it fits can suffer its fault.
    pub fn add(&self, rule: Rule, models: &[Model]) -> Result<String, RuleError> {
        let ids = self.add_all(vec![rule], models)?;
        Ok(ids.into_iter().next().unwrap_or_default())
    }

    /// Adds several rules, all of them or none, and returns their ids.
    pub fn add_all(&self, rules: Vec<Rule>, models: &[Model]) -> Result<Vec<String>, RuleError> {
        for rule in &rules {
            rule.check()?;
            reaches_something(rule, models)?;
        }
        let mut table = self.lock();
        if table.rules.len() + rules.len() > RULES {
            let text = format!("there can be {RULES} fault rules; delete some first");
            return Err(RuleError::new(text));
        }
        let ids = rules.into_iter().map(|rule| table.put(rule)).collect();
        self.len.store(table.rules.len(), Ordering::Relaxed);
        Ok(ids)
    }

    /// Takes the rule with an id away, that of an account or the one for all accounts; says whether
    /// there was one. Every account is its own world: nobody takes another one's rule by accident.
    pub fn remove(&self, id: &str, account: Option<&str>) -> bool {
        let other = |counted: &Counted| counted.rule.wanted.account.as_deref() != account;
        self.keep(|counted| counted.id != id || other(counted)) > 0
    }

    /// Marks the current rules as permanent: `reset` keeps them.
    pub fn make_permanent(&self) {
        let mut table = self.lock();
        table
            .rules
            .iter_mut()
            .for_each(|rule| rule.permanent = true);
    }

    /// Forgets what was counted of one account, or of all, and takes the rules away that came after the
    /// start. Rules for all accounts stay when one account is named.
    pub fn reset(&self, account: Option<&str>) -> usize {
        for counted in &mut self.lock().rules {
            match account {
                Some(account) => drop(counted.counts.remove(account)),
                None => counted.counts.clear(),
            }
        }
        self.keep(|counted| {
            let other = account.is_some() && counted.rule.wanted.account.as_deref() != account;
            counted.permanent || other
        })
    }

    /// Takes away all rules, or those of one account alone, and says how many. Rules for all accounts
    /// stay when one account is named; they forget what they counted of it.
    pub fn clear(&self, account: Option<&str>) -> usize {
        let Some(account) = account else {
            return self.keep(|_| false);
        };
        for counted in &mut self.lock().rules {
            counted.counts.remove(account);
        }
        self.keep(|counted| counted.rule.wanted.account.as_deref() != Some(account))
    }

    /// All rules in order; with an account those that concern it, with its counts alone.
    pub fn list(&self, account: Option<&str>) -> Vec<ActiveRule> {
        let table = self.lock();
        let concerns = |r: &&Counted| match (account, r.rule.wanted.account.as_deref()) {
            (Some(asked), Some(own)) => asked == own,
            _ => true,
        };
        let standing = |r: &Counted| {
            let counts = r.counts.iter();
            let counts = counts.filter(|(a, _)| account.is_none_or(|account| *a == account));
            let (mut fitted, mut hits) = (0, 0);
            for (_, counter) in counts {
                fitted += counter.fitted;
                hits += counter.hits;
            }
            ActiveRule {
                id: r.id.clone(),
                rule: r.rule.clone(),
                fitted,
                hits,
            }
        };
        table.rules.iter().filter(concerns).map(standing).collect()
    }

    /// Counts a request and returns the faults that apply to it, in the order of the rules. Rules after
    /// one whose fault ends the exchange do not see the request.
    pub fn strike(&self, strike: &Strike<'_>) -> Vec<Fault> {
        if self.len.load(Ordering::Relaxed) == 0 {
            return Vec::new();
        }
        let models = (strike.models)();
        let mut faults = Vec::new();
        for counted in &mut self.lock().rules {
            if !fits(&counted.rule, strike, &models) || !counted.meets(strike.account) {
                continue;
            }
            faults.push(counted.rule.fault.clone());
            if is_terminal(&counted.rule.fault) {
                break;
            }
        }
        faults
    }

    fn keep(&self, keep: impl Fn(&Counted) -> bool) -> usize {
        let mut table = self.lock();
        let before = table.rules.len();
        table.rules.retain(keep);
        self.len.store(table.rules.len(), Ordering::Relaxed);
        before - table.rules.len()
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn put(&mut self, rule: Rule) -> String {
        let id = rule.id.clone().unwrap_or_else(|| self.new_id());
        let counted = Counted {
            id: id.clone(),
            rule,
            counts: HashMap::new(),
            permanent: false,
        };
        // Every account is its own world: another one's rule of the same id stays.
        let same = |old: &&mut Counted| {
            old.id == id && old.rule.wanted.account == counted.rule.wanted.account
        };
        match self.rules.iter_mut().find(same) {
            Some(old) => *old = counted,
            None => self.rules.push(counted),
        }
        id
    }

    fn new_id(&mut self) -> String {
        loop {
            self.made += 1;
            let id = format!("fault-{}", self.made);
            if self.rules.iter().all(|rule| rule.id != id) {
                return id;
            }
        }
    }
}

impl Counted {
    /// Counts a request that fits, and says whether it meets the fault.
    fn meets(&mut self, account: &str) -> bool {
        let known = self.counts.len() < ACCOUNTS || self.counts.contains_key(account);
        let account = if known { account } else { "" };
        let counter = self.counts.entry(account.to_owned()).or_default();
        let before = counter.fitted;
        counter.fitted += 1;
        let met = meets(&self.rule.count, before, counter.hits);
        counter.hits += u64::from(met);
        met
    }
}

fn meets(count: &Count, before: u64, hits: u64) -> bool {
    let Some(index) = before.checked_sub(count.after.unwrap_or(0)) else {
        return false;
    };
    let part = count.probability.unwrap_or(1.0);
    count.first.is_none_or(|n| index < n)
        && count.every.is_none_or(|n| (index + 1) % n.max(1) == 0)
        && count.times.is_none_or(|n| hits < n)
        && (part >= 1.0 || dice(count.seed.unwrap_or(0), index) < part)
}

/// A number from 0 to 1 that is the same for the same seed and request.
fn dice(seed: u64, index: u64) -> f64 {
    let mix = seed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    fastrand::Rng::with_seed(mix).f64()
}

fn fits(rule: &Rule, strike: &Strike<'_>, models: &[String]) -> bool {
    let wanted = &rule.wanted;
    wanted
        .account
        .as_deref()
        .is_none_or(|a| a == strike.account)
        && fits_operation(rule, &strike.context)
        && wanted
            .model
            .as_deref()
            .is_none_or(|glob| models.iter().any(|id| crate::glob::covers(glob, id)))
}

/// Returns whether an operation fits a rule and its fault can apply to it.
fn fits_operation(rule: &Rule, context: &FaultContext<'_>) -> bool {
    let wanted = &rule.wanted;
    let named = wanted.operation.as_deref();
    named.is_none_or(|name| name == &*context.operation.name)
        && wanted.streaming.is_none_or(|s| s == context.streams())
        && rule.fault.reaches(context)
}

fn reaches_something(rule: &Rule, models: &[Model]) -> Result<(), RuleError> {
    let named = rule.wanted.operation.as_deref();
    let contexts = || {
        models.iter().flat_map(|model| {
            let operations = model.operations.iter();
            operations.map(move |operation| FaultContext { model, operation })
        })
    };
    if contexts().any(|context| fits_operation(rule, &context)) {
        return Ok(());
    }
    let Some(name) = named else {
        let text = format!(
            "no operation that this rule fits can suffer {}: {}",
            rule.fault.kind(),
            reach(rule)
        );
        return Err(RuleError::of("kind", text));
    };
    let Some(context) = contexts().find(|context| &*context.operation.name == name) else {
        let alike = contexts().map(|context| &context.operation.name);
        let alike = alike.filter(|n| n.eq_ignore_ascii_case(name) || n.starts_with(name));
        let alike: Vec<&str> = alike.take(5).map(AsRef::as_ref).collect();
        let text = match alike.is_empty() {
            true => format!("operation {name:?} is unknown: GET /_mock/coverage lists them"),
            false => format!("operation {name:?} is unknown; is it {}?", alike.join(", ")),
        };
        return Err(RuleError::of("operation", text));
    };
    if let Some(wanted) = rule.wanted.streaming
        && wanted != context.streams()
    {
        let text = format!(
            "streaming: {name} {}, so this rule fits nothing; leave streaming out, or name another operation",
            match wanted {
                true => "does not answer with a stream",
                false => "answers with a stream",
            }
        );
        return Err(RuleError::of("streaming", text));
    }
    let text = match &rule.fault {
        Fault::Exception(exception) => format!(
            "{} does not give {}; its errors are {}",
            name,
            exception.error,
            context.operation.errors.join(", ")
        ),
        fault => format!("{name} cannot suffer {}: {}", fault.kind(), reach(rule)),
    };
    Err(RuleError::of("operation", text))
}

fn reach(rule: &Rule) -> &'static str {
    use super::Reach;
    match rule.fault.descriptor().reach {
        Reach::Any => "its error is none of theirs, or streaming contradicts operation",
        Reach::Whole => "it breaks answers that are not streams",
        Reach::Streams => "it breaks streams, and its error must be one of the stream's",
        Reach::ConverseStream => "it breaks ConverseStream alone",
        Reach::InvokeModelWithResponseStream => "it breaks InvokeModelWithResponseStream alone",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(count: &Count, requests: u64) -> Vec<u64> {
        let mut hits = 0;
        let mut out = Vec::new();
        for before in 0..requests {
            if meets(count, before, hits) {
                hits += 1;
                out.push(before);
            }
        }
        out
    }

    #[test]
    fn counts() {
        let count = |text: &str| serde_json::from_str::<Count>(text).unwrap();
        assert_eq!(met(&count("{}"), 3), [0, 1, 2]);
        assert_eq!(met(&count(r#"{"first": 2}"#), 5), [0, 1]);
        assert_eq!(met(&count(r#"{"times": 2, "after": 2}"#), 9), [2, 3]);
        assert_eq!(met(&count(r#"{"every": 3}"#), 9), [2, 5, 8]);
        assert_eq!(met(&count(r#"{"every": 3, "times": 2}"#), 99), [2, 5]);
        assert_eq!(
            met(&count(r#"{"after": 1, "first": 3, "every": 2}"#), 9),
            [2]
        );
        let seeded = count(r#"{"probability": 0.25, "seed": 11}"#);
        let once = met(&seeded, 4_000);
        assert_eq!(once, met(&seeded, 4_000));
        assert!((800..1_200).contains(&once.len()), "{}", once.len());
        assert!(met(&count(r#"{"probability": 0}"#), 100).is_empty());
        assert_eq!(met(&count(r#"{"probability": 1}"#), 100).len(), 100);
    }
}
