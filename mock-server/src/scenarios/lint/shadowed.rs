//! Scenarios that another one always comes before.

use std::cmp::Reverse;

use super::Placed;
use crate::scenarios::clause::Clause;
use crate::scenarios::locate::Places;
use crate::scenarios::node::Problem;
use crate::scenarios::scenario::{INFERENCE, Scenario};

/// More scenarios than these are not held against each other: that takes their number's square.
const MOST: usize = 5_000;

/// Every scenario that never gets its turn, by file.
pub(super) fn check(placed: &[Placed], texts: &[(String, String)]) -> Vec<(usize, Problem)> {
    if placed.len() > MOST {
        return Vec::new();
    }
    let mut order: Vec<&Placed> = placed.iter().collect();
    order.sort_by_key(|p| Reverse(p.scenario.matcher.specificity()));
    let mut found = Vec::new();
    for (at, later) in order.iter().enumerate() {
        let mut earlier = order[..at].iter();
        let Some(first) = earlier.find(|e| takes_all(&e.scenario, &later.scenario)) else {
            continue;
        };
        let (name, text) = &texts[first.file];
        let problem = |pointer: String, message: String| Problem { pointer, message };
        let place =
            Places::new(name, text).locate_all(vec![problem(first.pointer.clone(), String::new())]);
        let place = place.first().map_or_else(String::new, |p| {
            let file = match first.file == later.file {
                true => "line".to_owned(),
                false => format!("{}, line", p.file),
            };
            format!(" ({file} {})", p.line)
        });
        found.push((
            later.file,
            problem(
                later.pointer.clone(),
                format!(
                    "{:?} never answers: {:?}{place} is tried before it, fits all that it fits and has no end; give that one times or a further clause",
                    later.scenario.name, first.scenario.name
                ),
            ),
        ));
    }
    found
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
