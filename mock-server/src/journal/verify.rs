//! Expectations about what came in, and where they fail: what the nearest requests were.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Deserialize;

use super::diff::Difference;
use super::entry::Entry;
use super::expected_count::Count;
use super::filter::Filter;
use super::store::{Journal, number_of};
use super::text::line;

/// How many of the nearest requests are told of each failure.
const NEAREST: usize = 3;

/// Why nothing can be verified.
pub const OFF: &str = "the journal is off, so nothing can be said of what came in: start without --journal-entries 0 and --journal-bytes 0";

/// Expectations about one account's requests, or about all.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Verification {
    /// 12-digit account; all accounts if absent.
    pub account: Option<String>,
    /// Only entries behind this one: its number or its request id.
    #[serde(deserialize_with = "super::filter::since")]
    pub since: Option<String>,
    /// The expectations must be met in their order, each behind the one before.
    pub ordered: bool,
    /// What is expected.
    pub expectations: Vec<Expectation>,
}

/// Some requests that must, or must not, have come.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Expectation {
    /// A name for messages.
    pub name: Option<String>,
    /// What the requests are like.
    pub r#match: Filter,
    /// How many; at least one if nothing is said.
    pub count: Count,
}

/// What verifying came to.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// How many requests were looked at.
    pub looked_at: usize,
    /// How many requests were no longer there to be looked at, because the journal was full.
    pub dropped: u64,
    /// The journal is off, so nothing at all was there.
    pub off: bool,
    /// Expectations that were not met.
    pub failures: Vec<Failure>,
}

/// An expectation that was not met.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Its place in the list, from 0.
    pub expectation: usize,
    /// Its name, or what it asks for.
    pub name: String,
    /// How many were expected.
    pub expected: String,
    /// The requests that match.
    pub matched: Vec<Arc<Entry>>,
    /// They match, but before the requests of the expectation before.
    pub out_of_order: bool,
    /// The requests that come nearest, nearest first.
    pub nearest: Vec<Near>,
    /// Requests that are gone from the journal and could have been among those that match.
    pub dropped: u64,
}

/// A request that nearly matches.
#[derive(Debug, Clone)]
pub struct Near {
    /// The request.
    pub entry: Arc<Entry>,
    /// In what it differs.
    pub differences: Vec<Difference>,
}

impl Expectation {
    /// At least one such request.
    pub fn some(filter: Filter) -> Self {
        Self {
            r#match: filter,
            ..Self::default()
        }
    }

    /// Exactly as many such requests.
    pub fn exactly(count: usize, filter: Filter) -> Self {
        Self {
            count: Count {
                exact: Some(count),
                ..Count::default()
            },
            ..Self::some(filter)
        }
    }
}

impl Journal {
    /// Holds what came in against expectations.
    pub fn verify(&self, verification: &Verification) -> Verdict {
        let looked_at = self.entries(&Filter {
            account: verification.account.clone(),
            since: verification.since.clone(),
            ..Filter::default()
        });
        let start = verification.since.as_deref();
        let start = start.map_or(0, |since| number_of(since, &looked_at));
        let mut behind = 0;
        let mut failures = Vec::new();
        for (at, expectation) in verification.expectations.iter().enumerate() {
            let matched = matching(expectation, &looked_at);
            let in_order: Vec<_> = match verification.ordered {
                true => matched.iter().filter(|e| e.number > behind).collect(),
                false => matched.iter().collect(),
            };
            let (least, most) = (expectation.count.least(), expectation.count.most());
            let account = verification.account.as_deref();
            let account = account.or(expectation.r#match.account.as_deref());
            let dropped = self.lost(start.max(since(expectation, &looked_at)), account);
            // What is gone may have been one too many.
            let sure = self.is_on() && (dropped == 0 || most == usize::MAX);
            if sure && (least..=most).contains(&in_order.len()) {
                // The next one must come behind as many as this one needs.
                if let Some(last) = least.checked_sub(1).and_then(|i| in_order.get(i)) {
                    behind = last.number;
                }
                continue;
            }
            let out_of_order = in_order.len() < matched.len();
            let few = in_order.len() < least;
            failures.push(Failure {
                expectation: at,
                name: expectation
                    .name
                    .clone()
                    .unwrap_or_else(|| expectation.r#match.summary()),
                expected: expectation.count.words(),
                out_of_order,
                nearest: match few && !out_of_order {
                    true => nearest(&expectation.r#match, &looked_at),
                    false => Vec::new(),
                },
                matched,
                dropped,
            });
        }
        Verdict {
            looked_at: looked_at.len(),
            dropped: self.lost(start, verification.account.as_deref()),
            off: !self.is_on(),
            failures,
        }
    }
}

fn matching(expectation: &Expectation, entries: &[Arc<Entry>]) -> Vec<Arc<Entry>> {
    let filter = &expectation.r#match;
    let since = since(expectation, entries);
    let fits = |e: &&Arc<Entry>| e.number > since && filter.lets(e);
    entries.iter().filter(fits).cloned().collect()
}

/// The number of the entry behind which an expectation begins.
fn since(expectation: &Expectation, entries: &[Arc<Entry>]) -> u64 {
    let since = expectation.r#match.since.as_deref();
    since.map_or(0, |since| number_of(since, entries))
}

/// The entries with the fewest differences, the newest of them first.
fn nearest(filter: &Filter, entries: &[Arc<Entry>]) -> Vec<Near> {
    let mut near: Vec<Near> = entries
        .iter()
        .rev()
        .map(|entry| Near {
            entry: Arc::clone(entry),
            differences: filter.differences(entry),
        })
        .filter(|near| !near.differences.is_empty())
        .collect();
    near.sort_by_key(|near| near.differences.len());
    near.truncate(NEAREST);
    near
}

impl Verdict {
    /// Whether all expectations were met.
    pub fn ok(&self) -> bool {
        self.failures.is_empty()
    }

    /// The failures for people.
    pub fn text(&self) -> String {
        if self.off {
            return format!("{OFF}\n");
        }
        let mut out = String::new();
        for failure in &self.failures {
            let Failure {
                expectation,
                name,
                expected,
                matched,
                ..
            } = failure;
            let _ = writeln!(
                out,
                "expectation {expectation} ({name}): expected {expected}, found {} among {} requests",
                matched.len(),
                self.looked_at
            );
            if failure.dropped > 0 {
                let _ = writeln!(
                    out,
                    "  {} older requests could be among them, and are gone because the journal was full: give it more room (--journal-entries, --journal-bytes), or reset before the test",
                    failure.dropped
                );
            }
            if failure.out_of_order {
                out.push_str("  not all of them behind the requests of the expectation before:\n");
            }
            for entry in matched {
                let _ = writeln!(out, "  {}", line(entry));
            }
            if !failure.nearest.is_empty() {
                out.push_str("  nearest:\n");
            }
            for near in &failure.nearest {
                let _ = writeln!(out, "  {}", line(&near.entry));
                for difference in &near.differences {
                    let Difference {
                        what,
                        expected,
                        found,
                    } = difference;
                    let _ = writeln!(out, "    {what}: expected {expected}, found {found}");
                }
            }
        }
        out
    }
}
