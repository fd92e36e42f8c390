//! Scenarios that another one always comes before.

use std::cmp::Reverse;

use super::Placed;
use super::signatures::Demands;
use crate::scenarios::clause::Clause;
use crate::scenarios::locate::Places;
use crate::scenarios::node::Problem;
use crate::scenarios::scenario::{INFERENCE, Scenario};

/// Most pairs of scenarios that are held against each other. Only sets in which thousands are nearly
/// alike come near it.
const PAIRS: usize = 2_000_000;

/// Every scenario that never gets its turn, by file.
pub(super) fn check(placed: &[Placed], texts: &[(String, String)]) -> Vec<(usize, Problem)> {
    let mut order: Vec<&Placed> = placed.iter().collect();
    order.sort_by_key(|p| Reverse(p.scenario.matcher.specificity()));
    let demands = Demands::of(order.iter().map(|p| &*p.scenario));
    let mut pairs = 0;
    let mut shadowed: Vec<(&Placed, &Placed)> = Vec::new();
    let mut untold = None;
    for (at, later) in order.iter().enumerate() {
        let earlier = demands.covering(&later.scenario);
        let earlier = &earlier[..earlier.partition_point(|e| *e < at)];
        if pairs + earlier.len() > PAIRS {
            untold = Some((at, *later));
            break;
        }
        let covers = |e: &&usize| takes_all(&order[**e].scenario, &later.scenario);
        let first = earlier.iter().find(|e| {
            pairs += 1;
            covers(e)
        });
        shadowed.extend(first.map(|first| (order[*first], *later)));
    }
    let mut found = told(&shadowed, texts);
    found.extend(untold.map(|(at, placed)| {
        let left = order.len() - at;
        let message = format!(
            "whether another scenario always comes before this one and {} more was not looked at: too many are nearly alike",
            left - 1
        );
        (placed.file, problem(&placed.pointer, message))
    }));
    found
}

/// Pairs of a scenario and one that it leaves nothing to, in words. All places of a file are looked
/// up together, because that means reading the file.
fn told(shadowed: &[(&Placed, &Placed)], texts: &[(String, String)]) -> Vec<(usize, Problem)> {
    let mut lines = vec![0; shadowed.len()];
    for (file, (name, text)) in texts.iter().enumerate() {
        let here = || {
            shadowed
                .iter()
                .enumerate()
                .filter(|(_, (f, _))| f.file == file)
        };
        let wanted: Vec<Problem> = here()
            .map(|(_, (first, _))| problem(&first.pointer, String::new()))
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let places = Places::new(name, text).locate_all(wanted);
        for ((at, _), place) in here().zip(places) {
            lines[at] = place.line;
        }
    }
    let tell = |((first, later), line): (&(&Placed, &Placed), usize)| {
        let place = match first.file == later.file {
            true => "line".to_owned(),
            false => format!("{}, line", texts[first.file].0),
        };
        let message = format!(
            "{:?} never answers: {:?} ({place} {line}) is tried before it, fits all that it fits and has no end; give that one times or a further clause",
            later.scenario.name, first.scenario.name
        );
        (later.file, problem(&later.pointer, message))
    };
    shadowed.iter().zip(lines).map(tell).collect()
}

fn problem(pointer: &str, message: String) -> Problem {
    Problem {
        pointer: pointer.to_owned(),
        message,
    }
}

/// Whether one that is tried first leaves nothing to another.
fn takes_all(first: &Scenario, later: &Scenario) -> bool {
    let named = later.matcher.operations().unwrap_or_default();
    let reaches = first.matcher.operations().is_some()
        || named.iter().all(|o| INFERENCE.contains(&o.as_str()));
    let talks = |c: &Clause| {
        matches!(
            c,
            Clause::LastUser(_) | Clause::System(_) | Clause::Turn(_) | Clause::ToolResult(Some(_))
        )
    };
    let hears = later.speaks || later.matcher.clauses.iter().any(talks);
    first.times.is_none()
        && reaches
        && (!first.speaks || hears)
        && first.matcher.covers(&later.matcher)
}
