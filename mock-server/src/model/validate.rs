//! Input → every modelled constraint that it breaks.
//!
//! The service reports all violations in one message. Order, wording and the places where it leaves
//! the value out were read off public reports: within one value the pattern comes before the length
//! (`Value '' at 'toolConfig.tools.1.member.toolSpec.name' …`, BerriAI/litellm#19384), list entries
//! are counted from 1 with `.member` behind the number, and a value is printed only if nothing in
//! it, around it or below it is sensitive (`Value at 'messages.3.member.content.2.member.toolUse.name'`).

use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

use super::bind::Input;
use super::load::Model;
use super::print::{Shown, cut, decoded_length, plain};
use super::shape::{Bounds, Kind, Operation, ShapeId};
use crate::json::Json as _;

/// One broken constraint.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// Dotted path with 1-based `N.member` for list entries.
    pub path: String,
    /// The value as the service prints it, `None` where it leaves it out.
    pub value: Option<String>,
    /// The clause after "failed to satisfy constraint: ".
    pub clause: String,
}

impl Violation {
    /// The constraint in the service's words.
    fn text(&self) -> String {
        let value = self.value.as_ref().map(|v| format!("{v} "));
        format!(
            "Value {}at '{}' failed to satisfy constraint: {}",
            value.unwrap_or_default(),
            self.path,
            self.clause
        )
    }
}

/// A union without exactly one member set; the service reports these one at a time, in words of
/// their own, and only when no constraint is broken.
#[derive(Debug, Clone, PartialEq)]
pub struct UnionViolation {
    /// Dotted path with 0-based list entries, as the service writes it in these texts.
    pub path: String,
    /// The union's shape name.
    pub shape: String,
    /// Its members.
    pub members: Vec<String>,
    /// How many are set.
    pub set: usize,
}

/// Violations that are told; the rest are only counted, or a small body could ask for an answer many
/// times its size.
const TOLD: usize = 500;

/// What a walk over an input found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Broken constraints, in the order in which the service reports them.
    pub violations: Vec<Violation>,
    /// How many more there are.
    pub untold: usize,
    /// Unions without exactly one member.
    pub unions: Vec<UnionViolation>,
}

impl Findings {
    /// Each broken constraint, and each union that is not set right, in words.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        let constraints = self.violations.iter().map(Violation::text);
        let unions = self.unions.iter().map(|u| {
            let members = u.members.join(", ");
            format!("{}: one of {members} must be set, {} are", u.path, u.set)
        });
        constraints.chain(unions)
    }

    /// The service's one message for all broken constraints, `None` if there are none.
    pub fn message(&self) -> Option<String> {
        let count = self.violations.len() + self.untold;
        if count == 0 {
            return None;
        }
        let plural = if count == 1 { "" } else { "s" };
        let mut text = format!("{count} validation error{plural} detected: ");
        for (i, v) in self.violations.iter().enumerate() {
            if i > 0 {
                text.push_str("; ");
            }
            text.push_str(&v.text());
        }
        Some(text)
    }
}

/// Walks an operation's input and collects what it breaks.
pub fn validate(model: &Model, operation: &Operation, input: &Input) -> Findings {
    let mut walk = Walk {
        model,
        findings: Findings::default(),
        path: Vec::new(),
    };
    if let Some(shape) = operation.input {
        let payload = operation.payload.as_deref().zip(input.payload.as_ref());
        walk.structure(
            shape,
            &input.members,
            payload.map(|(name, body)| (name, body.len() as u64)),
            false,
        );
    }
    walk.findings
}

enum Step<'a> {
    Member(&'a str),
    Entry(usize),
    Key(&'a str),
}

struct Walk<'a> {
    model: &'a Model,
    findings: Findings,
    path: Vec<Step<'a>>,
}

impl<'a> Walk<'a> {
    fn structure(
        &mut self,
        shape: ShapeId,
        object: &'a Map<String, Value>,
        payload: Option<(&'a str, u64)>,
        hidden: bool,
    ) {
        let hidden = hidden || self.model.shape(shape).sensitive;
        let Kind::Structure { members, union } = &self.model.shape(shape).kind else {
            return;
        };
        for member in members {
            self.path.push(Step::Member(&member.name));
            match (object.member(&member.name), payload) {
                (Some(value), _) => self.value(member.shape, value, hidden),
                (None, Some((name, length))) if name == &*member.name => {
                    if let Kind::Blob { length: bounds } = &self.model.shape(member.shape).kind {
                        self.length(
                            *bounds,
                            length,
                            Shown::Blob(length),
                            hidden || self.model.shape(member.shape).sensitive,
                        );
                    }
                }
                (None, _) if member.required => {
                    let hidden = hidden || self.model.shape(member.shape).sensitive;
                    self.add(Shown::Null, hidden, "Member must not be null".into());
                }
                (None, _) => {}
            }
            self.path.pop();
        }
        if *union && object.len() != 1 && self.findings.unions.is_empty() {
            let path = self.zero_based();
            self.findings.unions.push(UnionViolation {
                path,
                shape: self.model.shape(shape).name.to_string(),
                members: members.iter().map(|m| m.name.to_string()).collect(),
                set: object.len(),
            });
        }
    }

    fn value(&mut self, shape: ShapeId, value: &'a Value, hidden: bool) {
        let hidden = hidden || self.model.shape(shape).sensitive;
        if value.is_null() {
            self.add(Shown::Null, hidden, "Member must not be null".into());
            return;
        }
        match (&self.model.shape(shape).kind, value) {
            (Kind::Structure { .. }, Value::Object(object)) => {
                self.structure(shape, object, None, hidden)
            }
            (Kind::List { member, length }, Value::Array(entries)) => {
                // Searching a shape for what is sensitive takes longer than checking all of its
                // values, so only a broken length asks for it.
                let found = entries.len() as u64;
                if !length.admits(found) {
                    let private = hidden || self.holds_sensitive(*member, 0);
                    self.length(*length, found, Shown::Value(value), private);
                }
                for (i, entry) in entries.iter().enumerate() {
                    self.path.push(Step::Entry(i));
                    self.value(*member, entry, hidden);
                    self.path.pop();
                }
            }
            (
                Kind::Map {
                    key,
                    value: entry,
                    length,
                },
                Value::Object(object),
            ) => {
                let found = object.len() as u64;
                if !length.admits(found) {
                    let private = hidden || self.holds_sensitive(*entry, 0);
                    self.length(*length, found, Shown::Value(value), private);
                }
                for (name, value) in object {
                    self.path.push(Step::Key(name));
                    self.key(*key, name, hidden);
                    self.value(*entry, value, hidden);
                    self.path.pop();
                }
            }
            (Kind::String { .. }, Value::String(text)) => self.text(shape, text, hidden),
            (Kind::Blob { length }, Value::String(text)) => {
                let bytes = decoded_length(text);
                self.length(*length, bytes, Shown::Blob(bytes), hidden);
            }
            (Kind::Integer { range } | Kind::Long { range }, Value::Number(n)) => {
                self.range(*range, n, Shown::Value(value), hidden)
            }
            (Kind::Float { range }, Value::Number(n)) => {
                self.range(*range, n, Shown::Float(n), hidden)
            }
            (Kind::Double { range }, Value::Number(n)) => {
                self.range(*range, n, Shown::Double(n), hidden)
            }
            _ => {}
        }
    }

    /// A map's key obeys its own shape; the service reports the key's path as the map's entry.
    fn key(&mut self, shape: ShapeId, text: &'a str, hidden: bool) {
        let hidden = hidden || self.model.shape(shape).sensitive;
        self.text(shape, text, hidden);
    }

    fn text(&mut self, shape: ShapeId, text: &'a str, hidden: bool) {
        let model = self.model;
        let Kind::String {
            values,
            pattern,
            length,
        } = &model.shape(shape).kind
        else {
            return;
        };
        let waived = || model.overlay.waives_pattern(&model.shape(shape).name, text);
        if let Some(pattern) = pattern.as_ref().filter(|p| !p.matches(text) && !waived()) {
            self.add(
                Shown::Text(text),
                hidden,
                format!(
                    "Member must satisfy regular expression pattern: {}",
                    pattern.source()
                ),
            );
        }
        self.length(
            *length,
            text.chars().count() as u64,
            Shown::Text(text),
            hidden,
        );
        let allowed = || model.overlay.allows_value(&model.shape(shape).name, text);
        if !values.is_empty() && !values.iter().any(|v| **v == *text) && !allowed() {
            self.add(
                Shown::Text(text),
                hidden,
                format!(
                    "Member must satisfy enum value set: [{}]",
                    values.join(", ")
                ),
            );
        }
    }

    fn length(&mut self, bounds: Bounds<u64>, found: u64, shown: Shown<'_>, hidden: bool) {
        if let Some(max) = bounds.max.filter(|max| found > *max) {
            self.add(
                shown,
                hidden,
                format!("Member must have length less than or equal to {max}"),
            );
        } else if let Some(min) = bounds.min.filter(|min| found < *min) {
            self.add(
                shown,
                hidden,
                format!("Member must have length greater than or equal to {min}"),
            );
        }
    }

    fn range(&mut self, bounds: Bounds<f64>, found: &Number, shown: Shown<'_>, hidden: bool) {
        let Some(found) = found.as_f64() else { return };
        if let Some(max) = bounds.max.filter(|max| found > *max) {
            self.add(
                shown,
                hidden,
                format!(
                    "Member must have value less than or equal to {}",
                    plain(max)
                ),
            );
        } else if let Some(min) = bounds.min.filter(|min| found < *min) {
            self.add(
                shown,
                hidden,
                format!(
                    "Member must have value greater than or equal to {}",
                    plain(min)
                ),
            );
        }
    }

    fn add(&mut self, shown: Shown<'_>, hidden: bool, clause: String) {
        if self.findings.violations.len() >= TOLD {
            self.findings.untold += 1;
            return;
        }
        let value = if hidden {
            None
        } else {
            Some(cut(shown.print()))
        };
        let mut path = String::new();
        for step in &self.path {
            let dot = if path.is_empty() { "" } else { "." };
            let _ = match step {
                Step::Member(name) => write!(path, "{dot}{name}"),
                Step::Entry(i) => write!(path, "{dot}{}.member", i + 1),
                Step::Key(key) => write!(path, "{dot}{key}.member"),
            };
        }
        self.findings.violations.push(Violation {
            path,
            value,
            clause,
        });
    }

    fn zero_based(&self) -> String {
        let step = |s: &Step<'_>| match s {
            Step::Member(name) | Step::Key(name) => (*name).to_owned(),
            Step::Entry(i) => i.to_string(),
        };
        self.path.iter().map(step).collect::<Vec<_>>().join(".")
    }

    /// Whether printing a value of this shape could print something sensitive. Shapes may refer to
    /// themselves, so the search is bounded in depth; deeper than that nothing is printed.
    fn holds_sensitive(&self, shape: ShapeId, depth: u8) -> bool {
        let shape = self.model.shape(shape);
        if shape.sensitive || depth > 6 {
            return true;
        }
        match &shape.kind {
            Kind::Structure { members, .. } => members
                .iter()
                .any(|m| self.holds_sensitive(m.shape, depth + 1)),
            Kind::List { member, .. } => self.holds_sensitive(*member, depth + 1),
            Kind::Map { value, .. } => self.holds_sensitive(*value, depth + 1),
            _ => false,
        }
    }
}
