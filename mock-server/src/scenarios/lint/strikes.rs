//! Faults that can break no answer of their scenario.

use super::Known;
use crate::faults::{Fault, Site};
use crate::scenarios::clause::Clause;
use crate::scenarios::node::{Node, Problem};
use crate::scenarios::scenario::{INFERENCE, Scenario};

pub(super) fn check(node: &Node<'_>, scenario: &Scenario, known: Known<'_>) -> Vec<Problem> {
    let sites = sites(scenario, known);
    // That no operation fits the match at all is told of the match.
    if sites.is_empty() {
        return Vec::new();
    }
    let replies = node.at("reply").map(|r| r.one_or_list());
    let replies = replies.unwrap_or_default();
    let mut found: Vec<Problem> = Vec::new();
    for (at, step) in scenario.steps.iter().enumerate() {
        let own = replies.get(at).and_then(|reply| reply.at("fault"));
        let Some(place) = own.or_else(|| node.at("fault")) else {
            continue;
        };
        for (fault, place) in step.delivery.faults.iter().zip(place.one_or_list()) {
            let spared = !sites.iter().any(|site| fault.reaches(site));
            // Steps without a fault of their own share the scenario's: it is told once.
            if spared && !found.iter().any(|p| p.pointer == place.pointer) {
                found.push(place.wrong(spares(fault, &sites)));
            }
        }
    }
    found
}

/// The operations that the scenario can answer.
fn sites<'a>(scenario: &Scenario, known: Known<'a>) -> Vec<Site<'a>> {
    let default: Vec<String> = INFERENCE.iter().map(|o| (*o).to_owned()).collect();
    let names = scenario.matcher.operations().unwrap_or(&default);
    let streamed = scenario.matcher.clauses.iter().find_map(|c| match c {
        Clause::Stream(streamed) => Some(*streamed),
        _ => None,
    });
    let all = names.iter().filter_map(|name| known.operation(name));
    let all = all.map(|(model, operation)| Site { model, operation });
    all.filter(|site| streamed.is_none_or(|s| s == site.streams()))
        .collect()
}

fn spares(fault: &Fault, sites: &[Site<'_>]) -> String {
    let names: Vec<&str> = sites.iter().map(|site| &*site.operation.name).collect();
    format!(
        "this breaks nothing: {} cannot strike {}; {}",
        fault.kind(),
        names.join(", "),
        fault.about().what
    )
}
