//! Scenarios that were loaded together: a file, a folder, or one request to the control API.

use std::sync::Arc;

use serde_json::Value;

use super::locate::{Located, locate};
use super::node::{Node, Problem};
use super::scenario::Scenario;
use crate::model::Model;

/// Most scenarios that are loaded together.
const MOST: usize = 100_000;

/// Reads the text of a scenario file. Returns every scenario, or everything that is wrong.
pub fn read(file: &str, text: &str, models: &[Model]) -> Result<Vec<Arc<Scenario>>, Vec<Located>> {
    let value: Value = serde_json::from_str(text).map_err(|e| {
        vec![Located {
            file: file.into(),
            line: e.line(),
            column: e.column(),
            message: format!("this is no JSON: {}", without_place(&e.to_string())),
        }]
    })?;
    of_value(&value, models).map_err(|problems| {
        problems
            .into_iter()
            .map(|p| locate(file, text, p))
            .collect()
    })
}

/// Likewise for what has been parsed already.
pub fn of_value(value: &Value, models: &[Model]) -> Result<Vec<Arc<Scenario>>, Vec<Problem>> {
    let root = Node::root(value);
    let entries = entries(&root).map_err(|p| vec![p])?;
    let mut scenarios: Vec<Arc<Scenario>> = Vec::with_capacity(entries.len());
    let mut problems = Vec::new();
    let mut names = std::collections::HashSet::new();
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
            Err(problem) => problems.push(problem),
        }
    }
    match problems.is_empty() {
        true => Ok(scenarios),
        false => Err(problems),
    }
}

fn entries<'a>(root: &Node<'a>) -> Result<Vec<Node<'a>>, Problem> {
    root.object("a scenario file", &["$schema", "about", "scenarios"])?;
    let Some(list) = root.at("scenarios") else {
        return Err(root.wrong("a scenario file is {\"scenarios\": […]}"));
    };
    let entries = list.list("scenarios")?;
    if entries.len() > MOST {
        return Err(list.wrong(format!(
            "at most {MOST} scenarios, these are {}",
            entries.len()
        )));
    }
    Ok(entries)
}

/// serde_json ends its messages with the place, which is told apart here.
fn without_place(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}
