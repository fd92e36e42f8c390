//! What is written and has no effect: answers behind a fault that comes instead of them, the pace of
//! what is no stream, templates where none is filled in, blocks that a family's own form cannot tell.

use serde_json::Value;

use super::Known;
use super::unreachable::{left, sites};
use crate::faults::is_terminal;
use crate::providers::tells;
use crate::scenarios::node::{Node, Problem};
use crate::scenarios::scenario::{Scenario, What};
use crate::scenarios::{reply, template};

pub(super) fn check(node: &Node<'_>, scenario: &Scenario, known: Known<'_>) -> Vec<Problem> {
    let replies = node.at("reply").map(|r| r.one_or_list());
    let replies = replies.unwrap_or_default();
    let sites = sites(scenario, known);
    let streams = sites.is_empty() || sites.iter().any(|site| site.streams());
    let mut found = Vec::new();
    found.extend(
        node.at("pacing")
            .filter(|_| !streams)
            .map(|p| paces_nothing(&p)),
    );
    for (reply, step) in replies.iter().zip(&scenario.steps) {
        found.extend(
            reply
                .at("pacing")
                .filter(|_| !streams)
                .map(|p| paces_nothing(&p)),
        );
        if matches!(step.what, What::Default) {
            continue;
        }
        if let Some(fault) = step.delivery.faults.iter().find(|f| is_terminal(f)) {
            let said = ["text", "content", "output", "raw"];
            let said = said.iter().find_map(|name| reply.at(name));
            found.push(said.unwrap_or_else(|| reply.clone()).wrong(format!(
                "this is never sent: {} comes instead of it; put the two into replies of their own",
                fault.kind()
            )));
        }
        found.extend(quotes_nothing(reply));
    }
    found.extend(untold(&replies, scenario, known));
    found
}

fn paces_nothing(pacing: &Node<'_>) -> Problem {
    pacing.wrong("this has no effect: the scenario answers no stream, and only streams have a pace")
}

/// Templates outside of what a model says.
fn quotes_nothing(reply: &Node<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut tell = |at: &Node<'_>, what: &str| {
        found.push(at.wrong(format!(
            "{what} quotes nothing: this template is sent as it stands"
        )));
    };
    for name in ["additionalModelResponseFields", "trace"] {
        if let Some(at) = reply.at(name).filter(|at| template::holds(at.value)) {
            tell(&at, name);
        }
    }
    for block in reply::content(reply).unwrap_or_default() {
        let Some(tool) = block.at("toolUse") else {
            continue;
        };
        for name in ["name", "toolUseId"] {
            if let Some(at) = tool.at(name).filter(|at| template::holds(at.value)) {
                tell(&at, &format!("a tool's {name}"));
            }
        }
        if let Some(input) = tool.at("input").filter(|at| holds_in_key(at.value)) {
            tell(&input, "the name of a member");
        }
    }
    found
}

fn holds_in_key(value: &Value) -> bool {
    match value {
        Value::Object(members) => members
            .iter()
            .any(|(name, inner)| template::names(name).next().is_some() || holds_in_key(inner)),
        Value::Array(all) => all.iter().any(holds_in_key),
        _ => false,
    }
}

/// Kinds of block that InvokeModel of every model that the scenario names leaves out; told once each.
fn untold(replies: &[Node<'_>], scenario: &Scenario, known: Known<'_>) -> Vec<Problem> {
    let names = scenario.matcher.operations();
    let invokes = |name: &String| name.starts_with("InvokeModel");
    if !names.is_none_or(|names| names.iter().any(invokes)) {
        return Vec::new();
    }
    let blocks = replies
        .iter()
        .flat_map(|r| reply::content(r).unwrap_or_default());
    let blocks: Vec<Node<'_>> = blocks.filter(|b| b.value.get("text").is_none()).collect();
    // The catalogue is looked at only where it matters.
    let models = (!blocks.is_empty()).then(|| left(scenario, known.catalogue));
    let Some(models) = models.flatten() else {
        return Vec::new();
    };
    let mut told: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for block in blocks {
        let mut kinds = block.value.as_object().into_iter().flat_map(|b| b.keys());
        let Some(kind) = kinds.find(|kind| *kind != "chunks") else {
            continue;
        };
        if told.contains(&kind.as_str()) || models.iter().any(|model| tells(model, kind)) {
            continue;
        }
        told.push(kind);
        found.push(block.wrong(format!(
            "InvokeModel of {} has no form for {kind}, so this block is left out there; Converse tells it",
            models.first().copied().unwrap_or_default()
        )));
    }
    found
}
