//! Scenarios that were loaded together: a file, a folder, or one request to the control API.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::locate::{Located, Places};
use super::node::{Node, Problem};
use super::scenario::Scenario;
use crate::model::Model;

/// Most scenarios that are loaded together.
pub const MOST: usize = 100_000;

/// Most problems that are told of one text; whoever has more does not read them all.
const TOLD: usize = 1_000;

/// Reads the text of a scenario file. Returns every scenario, or everything that is wrong.
pub fn read(file: &str, text: &str, models: &[Model]) -> Result<Vec<Arc<Scenario>>, Vec<Located>> {
    let places = Places::new(file, text);
    let value = places.parse().map_err(|problem| vec![problem])?;
    of_value(&value, models).map_err(|problems| places.locate_all(problems))
}

/// Reads the text of one scenario.
pub fn read_one(file: &str, text: &str, models: &[Model]) -> Result<Scenario, Vec<Located>> {
    let places = Places::new(file, text);
    let value = places.parse().map_err(|problem| vec![problem])?;
    let read = Scenario::read(&Node::root(&value), models);
    read.map_err(|problems| places.locate_all(problems))
}

/// Reads a scenario file that has been parsed already.
pub fn of_value(value: &Value, models: &[Model]) -> Result<Vec<Arc<Scenario>>, Vec<Problem>> {
    let root = Node::root(value);
    let entries = entries(&root)?;
    let mut scenarios: Vec<Arc<Scenario>> = Vec::with_capacity(entries.len());
    let mut problems = Vec::new();
    let mut names = HashSet::new();
    for entry in entries {
        match Scenario::read(&entry, models) {
            Ok(scenario) if !names.insert(scenario.name.clone()) => {
                let name = entry.at("name").unwrap_or(entry);
                problems.push(name.wrong(format!(
                    "two scenarios are named {:?}; counts go by name, so give each its own",
                    scenario.name
                )));
            }
            Ok(scenario) => scenarios.push(Arc::new(scenario)),
            Err(found) => problems.extend(found),
        }
        if problems.len() >= TOLD {
            break;
        }
    }
    match problems.is_empty() {
        true => Ok(scenarios),
        false => Err(problems),
    }
}

fn entries<'a>(root: &Node<'a>) -> Result<Vec<Node<'a>>, Vec<Problem>> {
    let one = |problem: Problem| vec![problem];
    if root.value.is_array() {
        return Err(one(root.wrong(
            "this is a list of scenarios: a scenario file is {\"scenarios\": […]}, so wrap it in that",
        )));
    }
    root.any_object("a scenario file").map_err(one)?;
    let bare = ["name", "match", "reply"]
        .iter()
        .any(|n| root.at(n).is_some());
    if bare && root.at("scenarios").is_none() {
        return Err(one(root.wrong(
            "this is one scenario: a scenario file is {\"scenarios\": […]}, so wrap it in that",
        )));
    }
    let strange = root.strange("a scenario file", &["$schema", "about", "scenarios"]);
    if !strange.is_empty() {
        return Err(strange);
    }
    for name in ["$schema", "about"] {
        if let Some(text) = root.at(name) {
            text.text(name).map_err(one)?;
        }
    }
    let Some(list) = root.at("scenarios") else {
        return Err(one(root.wrong("a scenario file is {\"scenarios\": […]}")));
    };
    let entries = list.list("scenarios").map_err(one)?;
    if entries.len() > MOST {
        return Err(one(list.wrong(format!(
            "at most {MOST} scenarios, these are {}",
            entries.len()
        ))));
    }
    Ok(entries)
}
