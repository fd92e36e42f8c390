//! Faults that can break no answer of their scenario.

use super::Known;
use super::unreachable::sites;
use crate::faults::{Fault, FaultContext};
use crate::scenarios::node::{Node, Problem};
use crate::scenarios::scenario::Scenario;

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

fn spares(fault: &Fault, sites: &[FaultContext<'_>]) -> String {
    let names: Vec<&str> = sites.iter().map(|site| &*site.operation.name).collect();
    format!(
        "this breaks nothing: {} cannot strike {}; {}",
        fault.kind(),
        names.join(", "),
        fault.descriptor().what
    )
}
