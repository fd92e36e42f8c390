//! `bedrock-mock lint`: what is wrong with scenario files, and what is odd about them.
//!
//! Errors are what the mock refuses to load. Warnings are scenarios that load and then do nothing, and
//! replies that the service could not have sent.

mod ignored;
mod ineffective_faults;
mod replies;
mod shadowed;
mod signatures;
mod unreachable;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::document;
use super::files;
use super::locate::{Located, Places};
use super::node::{Node, Problem};
use super::scenario::Scenario;
use crate::model::{Model, Operation};
use crate::state::catalogue::Catalogue;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The mock refuses the file.
    Error,
    /// It is loaded, and surely not meant so.
    Warning,
}

/// Something that is wrong or odd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Where it stands and what to do.
    pub at: Located,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let Located {
            file,
            line,
            column,
            message,
        } = &self.at;
        match line {
            0 => write!(f, "{file}: {word}: {message}"),
            _ => write!(f, "{file}:{line}:{column}: {word}: {message}"),
        }
    }
}

/// What scenarios are held against.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The service models, the runtime's first.
    pub models: &'a [Model],
    /// Models, profiles and families.
    pub catalogue: &'a Catalogue,
}

impl<'a> Known<'a> {
    /// An operation of any service, with the service's model.
    fn operation(&self, name: &str) -> Option<(&'a Model, &'a Operation)> {
        let mut all = self.models.iter();
        all.find_map(|model| Some((model, model.operation(name)?)))
    }
}

/// A scenario that loads, and where it stands.
struct Placed {
    file: usize,
    pointer: String,
    scenario: Arc<Scenario>,
}

/// Everything that is wrong or odd about files that are loaded together, by file, line and column.
/// Returns the number of scenarios too.
pub fn lint(paths: &[impl AsRef<Path>], known: Known<'_>) -> (Vec<Finding>, usize) {
    let mut texts = Vec::new();
    let mut found = Vec::new();
    for path in paths {
        let path = path.as_ref();
        match files::files_of(path) {
            Ok(all) if all.is_empty() => {
                found.push(unread(path, "the folder has no .json files"));
            }
            Ok(all) => {
                for file in all {
                    match files::text_of(&file) {
                        Ok(text) => texts.push((file.display().to_string(), text)),
                        Err(at) => found.push(Finding {
                            severity: Severity::Error,
                            at,
                        }),
                    }
                }
            }
            Err(why) => found.push(unread(path, &why)),
        }
    }
    let (more, count) = lint_texts(&texts, known);
    found.extend(more);
    (found, count)
}

/// Likewise for files that have been read: names and texts.
pub fn lint_texts(texts: &[(String, String)], known: Known<'_>) -> (Vec<Finding>, usize) {
    let mut errors = Vec::new();
    let mut odd: Vec<Vec<Problem>> = texts.iter().map(|_| Vec::new()).collect();
    let mut placed = Vec::new();
    for (file, (name, text)) in texts.iter().enumerate() {
        let places = Places::new(name, text);
        let value = match places.parse() {
            Ok(value) => value,
            Err(problem) => {
                errors.push(problem);
                continue;
            }
        };
        if let Err(problems) = document::of_value(&value, known.models) {
            errors.extend(places.locate_all(problems));
        }
        let root = Node::root(&value);
        let entries = root.at("scenarios").and_then(|l| l.list("").ok());
        for entry in entries.unwrap_or_default() {
            let Ok(scenario) = Scenario::read(&entry, known.models) else {
                continue;
            };
            odd[file].extend(unreachable::check(&entry, &scenario, known));
            odd[file].extend(replies::check(&entry, &scenario, known));
            odd[file].extend(ineffective_faults::check(&entry, &scenario, known));
            odd[file].extend(ignored::check(&entry, &scenario, known));
            placed.push(Placed {
                file,
                pointer: entry.pointer,
                scenario: Arc::new(scenario),
            });
        }
    }
    for (file, problem) in shadowed::check(&placed, texts) {
        odd[file].push(problem);
    }
    let finding = |severity| move |at| Finding { severity, at };
    let mut all: Vec<Finding> = errors.into_iter().map(finding(Severity::Error)).collect();
    for ((name, text), problems) in texts.iter().zip(odd) {
        let places = Places::new(name, text);
        let warnings = places.locate_all(problems).into_iter();
        let warnings = warnings.chain(places.repeated_members());
        all.extend(warnings.map(finding(Severity::Warning)));
    }
    let files = texts.iter().enumerate();
    let files: HashMap<&str, usize> = files.map(|(at, (name, _))| (name.as_str(), at)).collect();
    let order = |f: &Finding| {
        let file = files.get(f.at.file.as_str()).copied();
        (file, f.at.line, f.at.column, f.severity)
    };
    all.sort_by_key(order);
    (all, placed.len())
}

fn unread(path: &Path, why: &str) -> Finding {
    Finding {
        severity: Severity::Error,
        at: files::whole_file(path, why),
    }
}
