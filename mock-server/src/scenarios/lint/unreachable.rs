//! Scenarios that can never answer, and replies that are never reached.

use super::Known;
use crate::diagnostics::suggest::nearest;
use crate::faults::FaultContext;
use crate::glob;
use crate::providers::converses;
use crate::scenarios::clause::Clause;
use crate::scenarios::node::{Node, Problem};
use crate::scenarios::scenario::{INFERENCE, Scenario};
use crate::state::catalogue::{Catalogue, ModelEntry};

pub(super) fn check(node: &Node<'_>, scenario: &Scenario, known: Known<'_>) -> Vec<Problem> {
    let named = node.at("match");
    let at = |clause: &str| {
        let inner = named.as_ref().and_then(|m| m.at(clause));
        inner.unwrap_or_else(|| node.clone())
    };
    let mut found = operations(scenario, known, &at);
    found.extend(models(scenario, known, &at));
    found.extend(first_turn(scenario, &at));
    found.extend(unreached(node, scenario));
    found
}

/// Clauses that no operation of the scenario can fit.
fn operations<'n>(
    scenario: &Scenario,
    known: Known<'_>,
    at: &dyn Fn(&str) -> Node<'n>,
) -> Vec<Problem> {
    let mut found = Vec::new();
    let named = scenario.matcher.operations();
    let default: Vec<String> = INFERENCE.iter().map(|o| (*o).to_owned()).collect();
    let names = named.unwrap_or(&default);
    let all: Vec<_> = names.iter().filter_map(|n| known.operation(n)).collect();
    let list = names.join(", ");
    let streams = |wanted: bool| {
        let mut all = all.iter();
        all.any(|(model, o)| model.event_stream(o).is_some() == wanted)
    };
    let takes_model = all.iter().any(|(model, o)| {
        let members = o
            .input
            .map(|shape| model.members(shape))
            .unwrap_or_default();
        members.iter().any(|m| &*m.name == "modelId")
    });
    let talks = names.iter().any(|n| INFERENCE.contains(&n.as_str()));
    for clause in &scenario.matcher.clauses {
        let (name, fits, why) = match clause {
            Clause::Stream(true) => ("stream", streams(true), "streams"),
            Clause::Stream(false) => ("stream", streams(false), "answers whole"),
            Clause::Model(_) => ("model", takes_model, "names a model"),
            Clause::Family(_) => ("family", takes_model, "names a model"),
            Clause::LastUser(_) => ("lastUser", talks, "holds a conversation"),
            Clause::System(_) => ("system", talks, "holds a conversation"),
            Clause::Turn(_) => ("turn", talks, "holds a conversation"),
            Clause::ToolResult(Some(_)) => ("toolResult", talks, "holds a conversation"),
            Clause::Tools(_) => ("tools", talks, "holds a conversation"),
            _ => continue,
        };
        if !fits {
            found.push(at(name).wrong(format!(
                "this never fits: none of {list} {why}; name another operation, or leave {name} out"
            )));
        }
    }
    if scenario.speaks && !talks {
        found.push(at("operation").wrong(format!(
            "this never answers: {list} gives no model's words; answer it with raw"
        )));
    }
    found
}

/// Models and families that the catalogue does not have, or not together.
fn models<'n>(
    scenario: &Scenario,
    known: Known<'_>,
    at: &dyn Fn(&str) -> Node<'n>,
) -> Vec<Problem> {
    let catalogue = known.catalogue;
    let mut found = Vec::new();
    let mut left: Vec<&ModelEntry> = catalogue.models().iter().collect();
    let mut arns = false;
    for clause in &scenario.matcher.clauses {
        match clause {
            Clause::Family(wanted) if !catalogue.families().any(|f| f == wanted) => {
                let mut names: Vec<&str> = catalogue.families().collect();
                names.dedup();
                let near = nearest(wanted, &names);
                let near = near.map_or_else(String::new, |n| format!("; did you mean {n:?}?"));
                found.push(at("family").wrong(format!(
                    "this never fits: the catalogue has no family {wanted:?}{near} There are {}",
                    names.join(", ")
                )));
                return found;
            }
            Clause::Family(wanted) => left.retain(|model| {
                let family = catalogue.family(&model.id);
                family.is_some_and(|f| f.family == *wanted)
            }),
            Clause::Model(patterns) => {
                for (pattern, place) in patterns.iter().zip(at("model").one_or_list()) {
                    // Any account may have profiles and models of its own.
                    if pattern.starts_with("arn:") || pattern == "*" {
                        arns = true;
                    } else if !catalogue.models().iter().any(|m| names(m, pattern)) {
                        found.push(place.wrong(unknown(pattern, catalogue)));
                    }
                }
                if !arns && !found.is_empty() {
                    return found;
                }
                left.retain(|model| patterns.iter().any(|p| names(model, p)));
            }
            _ => {}
        }
    }
    if arns || !found.is_empty() {
        return found;
    }
    let says_text =
        |m: &&ModelEntry| converses(&m.id) && m.output.iter().any(|output| output == "TEXT");
    if left.is_empty() {
        found.push(at("model").wrong(
            "this never fits: no model of the catalogue is both of this family and of this id",
        ));
    } else if scenario.speaks && !left.iter().any(says_text) {
        found.push(
            at("model")
                .wrong("this never answers: the model holds no conversations; answer it with raw"),
        );
    } else if only_streams(scenario, known) && !left.iter().any(|m| m.streaming) {
        found.push(at("model").wrong("this never fits: the model does not stream"));
    }
    found
}

/// The operations that the scenario can answer.
pub(super) fn sites<'a>(scenario: &Scenario, known: Known<'a>) -> Vec<FaultContext<'a>> {
    let default: Vec<String> = INFERENCE.iter().map(|o| (*o).to_owned()).collect();
    let names = scenario.matcher.operations().unwrap_or(&default);
    let streamed = scenario.matcher.clauses.iter().find_map(|c| match c {
        Clause::Stream(streamed) => Some(*streamed),
        _ => None,
    });
    let all = names.iter().filter_map(|name| known.operation(name));
    let all = all.map(|(model, operation)| FaultContext { model, operation });
    all.filter(|site| streamed.is_none_or(|s| s == site.streams()))
        .collect()
}

/// The models of the catalogue that a scenario's clauses leave; nothing where no clause names one, or
/// where it may be an account's own.
pub(super) fn left<'c>(scenario: &Scenario, catalogue: &'c Catalogue) -> Option<Vec<&'c str>> {
    let mut left: Vec<&ModelEntry> = catalogue.models().iter().collect();
    let mut named = false;
    for clause in &scenario.matcher.clauses {
        match clause {
            Clause::Family(wanted) => left.retain(|model| {
                let family = catalogue.family(&model.id);
                family.is_some_and(|f| f.family == *wanted)
            }),
            Clause::Model(all) if all.iter().any(|m| m.starts_with("arn:")) => return None,
            Clause::Model(all) => left.retain(|model| all.iter().any(|m| names(model, m))),
            _ => continue,
        }
        named = true;
    }
    let ids = left.iter().map(|model| model.id.as_str());
    (named && !left.is_empty()).then(|| ids.collect())
}

/// Whether all that it is for is streamed.
pub(super) fn only_streams(scenario: &Scenario, known: Known<'_>) -> bool {
    let mut clauses = scenario.matcher.clauses.iter();
    let asked = clauses.any(|c| matches!(c, Clause::Stream(true)));
    let streams = |name: &String| {
        let operation = known.operation(name);
        operation.is_some_and(|(model, o)| model.event_stream(o).is_some())
    };
    let named = scenario.matcher.operations();
    asked || named.is_some_and(|all| all.iter().all(streams))
}

fn names(model: &ModelEntry, pattern: &str) -> bool {
    let profiles = model.profiles.iter().map(|p| p.id.as_str());
    std::iter::once(model.id.as_str())
        .chain(profiles)
        .any(|id| glob::covers(pattern, id))
}

fn unknown(pattern: &str, catalogue: &Catalogue) -> String {
    let ids: Vec<&str> = catalogue.models().iter().map(|m| m.id.as_str()).collect();
    let near = nearest(pattern, &ids);
    let near = near.map_or_else(|| ".".into(), |near| format!("; did you mean {near:?}?"));
    format!(
        "this never fits: no model or profile of the catalogue is {pattern:?}{near} * stands for any characters; --catalogue FILE adds models"
    )
}

/// A tool's answer follows its call, which is an answer of the model; only Cohere's form has results
/// without a history.
fn first_turn<'n>(scenario: &Scenario, at: &dyn Fn(&str) -> Node<'n>) -> Option<Problem> {
    let clauses = &scenario.matcher.clauses;
    let first = clauses.iter().any(|c| matches!(c, Clause::Turn(1)));
    let answered = clauses
        .iter()
        .any(|c| matches!(c, Clause::ToolResult(Some(_))));
    let cohere = clauses.iter().any(|c| match c {
        Clause::Family(family) => family == "cohere",
        Clause::Model(all) => all.iter().any(|m| m.contains("cohere")),
        _ => false,
    });
    (first && answered && !cohere).then(|| {
        at("turn").wrong(
            "this never fits: in the first turn no tool has answered yet; the answer to the first call comes in turn 2",
        )
    })
}

/// Replies behind the end that `times` sets.
fn unreached(node: &Node<'_>, scenario: &Scenario) -> Option<Problem> {
    let times = scenario.times?;
    let mut given = 0u64;
    for (at, step) in scenario.steps.iter().enumerate() {
        if given >= times {
            let replies = node.at("reply")?.one_or_list();
            return Some(replies.get(at)?.wrong(format!(
                "this is never given: times allows {times} answers, and the replies before it are as many"
            )));
        }
        given += step.times;
    }
    None
}
