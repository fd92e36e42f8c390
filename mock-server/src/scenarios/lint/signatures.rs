//! Which of many scenarios can cover another one at all.
//!
//! A scenario that covers another one has no clause that the other does not repeat or narrow down. So
//! each is filed under one thing that its clauses demand, the rarest of them, and another one is held
//! only against those that are filed under what its own clauses say. Without this, a thousand
//! scenarios would be held against a thousand others.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::scenarios::clause::Clause;
use crate::scenarios::scenario::Scenario;
use crate::scenarios::text_match::TextMatch;

/// Bytes of a text's parts that are filed.
const GRAM: usize = 8;
/// Bits of a hash that are its beginning.
const BEGIN: u32 = 18;
/// Bytes of a text among whose parts the rarest one is looked for.
const TEXT: usize = 4096;

/// Scenarios filed under what they demand.
#[derive(Debug, Default)]
pub(super) struct Demands {
    filed: HashMap<u64, Vec<usize>>,
    /// Whether anything is filed whose hash begins so: long texts say millions of things, nearly all of
    /// which nobody demands.
    begin: Vec<bool>,
    /// The lengths of the parts of texts that are filed.
    lengths: [bool; GRAM + 1],
    /// Those that demand nothing that can be filed.
    open: Vec<usize>,
}

impl Demands {
    /// Files scenarios under the rarest of their demands.
    pub(super) fn of<'s>(scenarios: impl Iterator<Item = &'s Scenario> + Clone) -> Self {
        let mut counts: HashMap<u64, u32> = HashMap::new();
        for scenario in scenarios.clone() {
            for demand in demanded(scenario) {
                *counts.entry(demand).or_default() += 1;
            }
        }
        let mut all = Self {
            begin: vec![false; 1 << BEGIN],
            ..Self::default()
        };
        for (at, scenario) in scenarios.enumerate() {
            let rarest = demanded(scenario).into_iter();
            match rarest.min_by_key(|d| counts.get(d).copied().unwrap_or_default()) {
                Some(demand) => {
                    all.begin[beginning(demand)] = true;
                    all.filed.entry(demand).or_default().push(at);
                }
                None => all.open.push(at),
            }
            for part in texts(scenario).filter_map(|(_, text)| part_of(text)) {
                all.lengths[part.len().clamp(1, GRAM)] = true;
            }
        }
        all
    }

    /// Those that may cover a scenario, in order; all others cannot.
    pub(super) fn covering(&self, scenario: &Scenario) -> Vec<usize> {
        let mut found = self.open.clone();
        said(scenario, &self.lengths, &mut |says| {
            if self.begin[beginning(says)] {
                found.extend(self.filed.get(&says).into_iter().flatten());
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The beginning of a hash, as an index.
fn beginning(hash: u64) -> usize {
    usize::try_from(hash >> (u64::BITS - BEGIN)).unwrap_or_default()
}

/// What each scenario that is covered by this one says, too.
fn demanded(scenario: &Scenario) -> Vec<u64> {
    let mut out = Vec::new();
    for clause in &scenario.matcher.clauses {
        exact(clause, &mut |demand| out.push(demand));
    }
    for (place, text) in texts(scenario) {
        match text {
            // Equal texts are covered by each other alone, as far as texts that are equal go.
            TextMatch::Equals(text) => out.push(hash((place, "="), text)),
            other => {
                let part = part_of(other).unwrap_or_default();
                let length = part.len().min(GRAM);
                grams(place, part, length, &mut |gram| out.push(gram));
            }
        }
    }
    out
}

/// All that a scenario says, in the same words.
fn said(scenario: &Scenario, lengths: &[bool], say: &mut impl FnMut(u64)) {
    for clause in &scenario.matcher.clauses {
        exact(clause, say);
    }
    for (place, text) in texts(scenario) {
        let text = match text {
            TextMatch::Equals(text) => {
                say(hash((place, "="), text));
                text
            }
            TextMatch::Contains(text) => text,
            // A pattern says nothing of the texts that it fits.
            TextMatch::Regex(_) => continue,
        };
        for length in (1..=GRAM).filter(|length| lengths[*length]) {
            grams(place, text.as_bytes(), length, say);
        }
    }
}

/// The clauses on texts, each with its place.
fn texts(scenario: &Scenario) -> impl Iterator<Item = (&str, &TextMatch)> {
    let clauses = scenario.matcher.clauses.iter();
    clauses.filter_map(|clause| match clause {
        Clause::LastUser(text) => Some(("lastUser", text)),
        Clause::System(text) => Some(("system", text)),
        Clause::Header(name, text) => Some((name.as_str(), text)),
        _ => None,
    })
}

/// The start of the part that a text must have.
fn part_of(text: &TextMatch) -> Option<&[u8]> {
    match text {
        TextMatch::Contains(part) => Some(&part.as_bytes()[..part.len().min(TEXT)]),
        _ => None,
    }
}

/// The parts of a text that have a length, at most 8 bytes.
fn grams(place: &str, text: &[u8], length: usize, say: &mut impl FnMut(u64)) {
    if length == 0 {
        return;
    }
    let seed = hash(place, length);
    for gram in text.windows(length) {
        let mut bytes = [0; GRAM];
        bytes[..length].copy_from_slice(gram);
        // Quick, because a text has as many as bytes; two that meet cost a comparison.
        let mixed = (u64::from_le_bytes(bytes) ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        say(mixed ^ (mixed >> 29));
    }
}

/// Clauses that another one repeats or has more of.
fn exact(clause: &Clause, say: &mut impl FnMut(u64)) {
    match clause {
        Clause::Family(family) => say(hash("family", family)),
        Clause::Account(account) => say(hash("account", account)),
        Clause::Turn(turn) => say(hash("turn", turn)),
        Clause::Stream(stream) => say(hash("stream", stream)),
        Clause::Tools(tools) => tools.iter().for_each(|tool| say(hash("tools", tool))),
        Clause::Body(pointer, value) => leaves(pointer, value, say),
        _ => {}
    }
}

/// The values of a body clause that are no objects, each with its place: an object is covered by one
/// with fewer members, everything else by an equal value.
fn leaves(pointer: &str, value: &Value, say: &mut impl FnMut(u64)) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                leaves(&format!("{pointer}/{name}"), inner, say);
            }
        }
        // 1 and 1.0 are equal here.
        Value::Number(number) => say(hash(("number", pointer), number.as_f64().map(f64::to_bits))),
        Value::Array(_) => say(hash("list", pointer)),
        Value::String(text) => say(hash(("text", pointer), text)),
        other => say(hash(("word", pointer), other.to_string())),
    }
}

fn hash(place: impl Hash, value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    place.hash(&mut hasher);
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scenarios::matcher::Matcher;
    use crate::scenarios::node::Node;

    fn scenario(clauses: &Value) -> Scenario {
        Scenario {
            name: String::new(),
            matcher: Matcher::read(&Node::root(clauses), &[]).unwrap(),
            steps: Vec::new(),
            times: None,
            written: Value::Null,
            speaks: true,
        }
    }

    /// Every scenario that covers another one is among those that may; few others are.
    #[test]
    fn few_are_held_against_each_other() {
        let alike = |n: usize| {
            json!({
                "body": {"/inferenceConfig": {"maxTokens": 100}},
                "lastUser": format!("What is the answer to question {n:05}, please?"),
            })
        };
        let mut clauses: Vec<Value> = (0..2_000).map(alike).collect();
        clauses.extend([
            json!({"lastUser": "question 01234"}),
            json!({"lastUser": "n"}),
            json!({"lastUser": {"equals": "What is the answer to question 00001, please? Yes"}}),
            json!({"body": {"/inferenceConfig": {"maxTokens": 100.0, "topP": 1}}}),
            json!({"lastUser": {"regex": "question"}}),
            json!({"tools": ["a", "b"], "turn": 2}),
            json!({"tools": ["b"]}),
            json!({}),
        ]);
        let all: Vec<Scenario> = clauses.iter().map(scenario).collect();
        let demands = Demands::of(all.iter());
        let mut pairs = 0;
        for later in &all {
            let found = demands.covering(later);
            pairs += found.len();
            for (at, first) in all.iter().enumerate() {
                let covers = first.matcher.covers(&later.matcher);
                assert!(!covers || found.contains(&at), "{at}");
            }
        }
        assert!(pairs < 20 * all.len(), "{pairs}");
    }
}
