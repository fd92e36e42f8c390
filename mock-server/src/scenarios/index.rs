//! Which of many scenarios can fit a request at all.
//!
//! Thousands of scenarios differ as a rule in one thing: what the user said last, or which account or
//! model they are for. Each is filed under the most telling of its clauses that demand an exact value;
//! a request is held only against those filed under its own values, and those that have no such
//! clause.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use super::clause::Clause;
use super::loaded::Entry;
use super::request_view::Subject;
use super::text_match::TextMatch;

/// Scenarios in the order in which they are tried, and where to look among them.
#[derive(Debug, Default)]
pub(super) struct Ranked {
    pub(super) entries: Vec<Arc<Entry>>,
    /// Places by the hash of what is demanded, in order. Two demands of one hash cost a comparison.
    filed: HashMap<u64, Vec<usize>>,
    /// Places of those that demand nothing exact.
    open: Vec<usize>,
    hasher: RandomState,
}

/// What scenarios can be filed under, the most telling first.
#[derive(Hash, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Kind {
    LastUser,
    System,
    Account,
    Model,
    Turn,
    Family,
    Operation,
}

impl Ranked {
    pub(super) fn new(entries: Vec<Arc<Entry>>) -> Self {
        let mut ranked = Self {
            entries,
            ..Self::default()
        };
        for (at, entry) in ranked.entries.iter().enumerate() {
            let demands = entry.scenario.matcher.clauses.iter().filter_map(demand);
            let Some((kind, texts)) = demands.min_by_key(|(kind, _)| *kind) else {
                ranked.open.push(at);
                continue;
            };
            for text in texts {
                let hash = ranked.hasher.hash_one((kind, text.as_str()));
                let places = ranked.filed.entry(hash).or_default();
                // A list that says something twice files it once.
                if places.last() != Some(&at) {
                    places.push(at);
                }
            }
        }
        ranked
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Those that can fit a request, in order. The others cannot.
    pub(super) fn candidates<'a>(
        &'a self,
        subject: &Subject<'_>,
    ) -> impl Iterator<Item = &'a Arc<Entry>> {
        let mut piles: Vec<&[usize]> = vec![&self.open];
        if !self.filed.is_empty() {
            let turn = subject.turn().map(|turn| turn.to_string());
            let values = [
                (Kind::LastUser, subject.last_user()),
                (Kind::System, subject.system()),
                (Kind::Account, Some(subject.account)),
                (Kind::Model, subject.model),
                (
                    Kind::Model,
                    subject.model_sent.filter(|id| subject.model != Some(id)),
                ),
                (Kind::Turn, turn.as_deref()),
                (Kind::Family, subject.family),
                (Kind::Operation, Some(subject.operation)),
            ];
            for (kind, value) in values {
                let hash = value.map(|value| self.hasher.hash_one((kind, value)));
                piles.extend(
                    hash.and_then(|hash| self.filed.get(&hash))
                        .map(Vec::as_slice),
                );
            }
        }
        // The next place of all piles; one that is on two of them counts once.
        std::iter::from_fn(move || {
            let first = |pile: &&[usize]| pile.first().copied();
            let at = piles.iter().filter_map(first).min()?;
            for pile in &mut piles {
                if pile.first() == Some(&at) {
                    *pile = &pile[1..];
                }
            }
            self.entries.get(at)
        })
    }
}

/// The exact values of which a clause demands one; none for clauses of other forms.
fn demand(clause: &Clause) -> Option<(Kind, Vec<String>)> {
    let one = |kind, text: &String| Some((kind, vec![text.clone()]));
    match clause {
        Clause::LastUser(TextMatch::Equals(text)) => one(Kind::LastUser, text),
        Clause::System(TextMatch::Equals(text)) => one(Kind::System, text),
        Clause::Account(account) => one(Kind::Account, account),
        Clause::Model(all) if all.iter().all(|id| !id.contains('*')) => {
            Some((Kind::Model, all.clone()))
        }
        Clause::Turn(turn) => one(Kind::Turn, &turn.to_string()),
        Clause::Family(family) => one(Kind::Family, family),
        Clause::Operation(all) => Some((Kind::Operation, all.clone())),
        _ => None,
    }
}
