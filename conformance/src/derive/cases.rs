//! Members and constraints → cases.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::constraint::Constraint;
use super::minimal::Minimal;
use super::place::place;
use super::probes::{Probes, Subject};
use super::walk::{Step, members};
use crate::case::{
    self, Asked, Auth, Basis, BasisKind, Case, Expect, ExpectedError, Instance, Level, Reference,
    Send, vocabulary,
};
use crate::embedded;
use crate::model::{Operation, Protocol, Service};
use crate::reference_data::ReferenceData;
use crate::spanned::Place;
use crate::wire::Framing;

/// What can be derived, and what cannot.
#[derive(Debug, Default)]
pub struct Derived {
    /// The cases, ids beginning with `derived/`.
    pub cases: Vec<Case>,
    /// Constraints that no request could be made for, with the reason.
    pub left_out: Vec<String>,
}

/// Derives the cases of some operations.
///
/// # Errors
/// When the file of bases is not built as it must be, which the tests prevent.
pub fn derive(reference: &ReferenceData, operations: &[String]) -> Result<Derived, String> {
    let (file, text) = embedded::DERIVED_BASES;
    let bases: Value = serde_json::from_str(text).map_err(|error| format!("{file}: {error}"))?;
    let mut derived = Derived::default();
    let minimals: HashMap<&str, Minimal<'_>> = reference
        .models
        .services()
        .iter()
        .map(|service| (service.name.as_str(), Minimal::of(service)))
        .collect();
    // Shapes come back in many operations.
    let mut probed: HashMap<(String, String, Option<String>), Probes> = HashMap::new();
    for name in operations {
        let Some((service, operation)) = reference.models.operation(name) else {
            return Err(format!("there is no operation {name}"));
        };
        if service.protocol != Protocol::RestJson {
            derived
                .left_out
                .push(format!("{name}: operations of the query protocol"));
            continue;
        }
        let base = bases["operations"][name]
            .as_object()
            .ok_or_else(|| format!("{file} has no {name}"))?;
        let capability = vocabulary::capability_of(name)
            .ok_or_else(|| format!("{name} belongs to no capability of data/vocabulary.json"))?;
        let Some(input) = operation.input.as_deref() else {
            continue;
        };
        let Some(minimal) = minimals.get(service.name.as_str()) else {
            continue;
        };
        for member in members(service, &reference.overlay, input) {
            let maker = Maker {
                subject: Subject {
                    service,
                    overlay: &reference.overlay,
                    minimal,
                    member: &member,
                },
                capability,
                operation,
                input,
                base,
            };
            let key = (
                service.name.clone(),
                member.shape.clone(),
                member.location.clone(),
            );
            let probes = probed.entry(key).or_insert_with(|| maker.subject.probes());
            maker.make(probes, &mut derived);
        }
    }
    Ok(derived)
}

struct Maker<'a> {
    subject: Subject<'a>,
    capability: &'static str,
    operation: &'a Operation,
    input: &'a str,
    base: &'a Map<String, Value>,
}

/// One request: row, the member's value (none to leave it out), whether it is legal.
struct Probe {
    row: String,
    value: Option<Value>,
    legal: bool,
}

impl Maker<'_> {
    fn make(&self, probes: &Probes, derived: &mut Derived) {
        let mut left_out = |what: &str, why: &str| {
            let name = &self.operation.name;
            derived.left_out.push(format!(
                "{name} {}: {what}: {why}",
                self.subject.member.path()
            ));
        };
        let mut wanted = Vec::new();
        if self.subject.member.required {
            match self.subject.member.location.as_deref() {
                Some("uri") => left_out("required", "a path without it is another path"),
                _ => wanted.push(Probe {
                    row: "required".to_owned(),
                    value: None,
                    legal: false,
                }),
            }
        }
        for (row, legal, value) in &probes.values {
            match value {
                Err(why) => left_out(row, why),
                Ok(value) => wanted.push(Probe {
                    row: row.clone(),
                    value: Some(value.clone()),
                    legal: *legal,
                }),
            }
        }
        let mut instances = Vec::new();
        for probe in wanted {
            match self.instance(&probe, &probes.constraints) {
                Ok(instance) => instances.push(instance),
                Err(why) => left_out(&probe.row, why),
            }
        }
        if !instances.is_empty() {
            derived.cases.push(self.case(instances));
        }
    }

    fn instance(
        &self,
        probe: &Probe,
        constraints: &[Constraint],
    ) -> Result<Instance, &'static str> {
        let input = place(
            self.subject.minimal,
            self.input,
            self.base,
            &self.subject.member.way,
            probe.value.clone(),
        )
        .ok_or("what is around it cannot be made")?;
        let expect = if probe.legal {
            Expect {
                status: Some(json!({"$range": {"min": 200, "max": 499}})),
                text: Some(json!({"$not": {"$contains": "failed to satisfy constraint"}})),
                ..Expect::default()
            }
        } else {
            Expect {
                error: Some(ExpectedError::Row {
                    id: "runtime.constraint".to_owned(),
                    with: vec![("violations".to_owned(), self.violations(probe, constraints))],
                }),
                ..Expect::default()
            }
        };
        Ok(Instance {
            row: Some(probe.row.clone()),
            roles: self.roles(),
            account: false,
            steps: vec![case::Step {
                place: Place::default(),
                send: Send {
                    service: self.subject.service.name.clone(),
                    asked: Asked::Operation {
                        name: self.operation.name.clone(),
                        input,
                    },
                    auth: Auth::Default,
                    headers: Vec::new(),
                    framing: Framing::Length,
                    drip: None,
                    reuse: false,
                    unknown_members: Vec::new(),
                },
                expect,
                save: Vec::new(),
                without: Vec::new(),
            }],
            cleanup: Vec::new(),
        })
    }

    /// The service's text for what the value breaks, as a regular expression.
    fn violations(&self, probe: &Probe, constraints: &[Constraint]) -> Value {
        let clauses: Vec<String> = match &probe.value {
            None => vec!["Member must not be null".to_owned()],
            Some(value) => constraints
                .iter()
                .filter(|constraint| constraint.keeps(value) == Some(false))
                .map(Constraint::clause)
                .collect(),
        };
        let shown = match &probe.value {
            // Whether null is hidden where values are was never seen.
            None if self.subject.member.hidden => "(?:null )?".to_owned(),
            None => "null ".to_owned(),
            Some(_) if self.subject.member.hidden => String::new(),
            Some(value) => shown(value, &self.subject.member.shape, self.subject.service),
        };
        let plural = if clauses.len() == 1 { "" } else { "s" };
        let path = regex::escape(&self.subject.member.path());
        let each: Vec<String> = clauses
            .iter()
            .map(|clause| {
                format!(
                    "Value {shown}at '{path}' failed to satisfy constraint: {}",
                    regex::escape(clause)
                )
            })
            .collect();
        let text = format!(
            "{} validation error{plural} detected: {}",
            clauses.len(),
            each.join("; ")
        );
        json!({"$regex": text.replace("${", "$${")})
    }

    fn roles(&self) -> BTreeSet<String> {
        match self.base.values().any(|value| value == "${role.absent}") {
            true => BTreeSet::from(["absent".to_owned()]),
            false => BTreeSet::new(),
        }
    }

    fn case(&self, instances: Vec<Instance>) -> Case {
        let path = self.subject.member.path();
        let mut needs = BTreeSet::new();
        needs.insert(self.capability.to_owned());
        let holder = self
            .subject
            .member
            .way
            .iter()
            .rev()
            .find_map(|step| match step {
                Step::Member(name) => Some(name.clone()),
                Step::Entry => None,
            });
        Case {
            id: format!(
                "derived/{}/{}",
                kebab(&self.operation.name),
                slug(&self.subject.member.way)
            ),
            file: format!("service model, {} {path}", self.operation.name),
            title: format!("{}: constraints of {path}", self.operation.name),
            why: format!(
                "Code that the real service refuses for its {} must be refused here, in the same \
                 words; code that it takes must be taken.",
                holder.unwrap_or_default()
            ),
            basis: Basis {
                kind: BasisKind::Modelled,
                date: None,
                region: None,
                model: None,
                recording: None,
            },
            refs: vec![
                Reference {
                    kind: "model".to_owned(),
                    to: self.subject.member.shape.clone(),
                },
                Reference {
                    kind: "model".to_owned(),
                    to: self.operation.name.clone(),
                },
                Reference {
                    kind: "error".to_owned(),
                    to: "runtime.constraint".to_owned(),
                },
            ],
            level: Level::Must,
            needs,
            roles: self.roles(),
            billable: None,
            mutant: None,
            instances,
        }
    }
}

/// A value as the service prints it, as a regular expression with a space behind it: texts and
/// numbers as Java prints them, anything else not judged.
fn shown(value: &Value, shape: &str, service: &Service) -> String {
    let kind = service.shape(shape)["type"].as_str().unwrap_or_default();
    match value {
        Value::String(text) if text.len() <= 1000 && kind == "string" => {
            format!("'{}' ", regex::escape(text))
        }
        Value::Number(number) if matches!(kind, "float" | "double") => {
            let number = number.as_f64().unwrap_or_default();
            if number.abs() < 1e7 {
                format!("'{}' ", regex::escape(&format!("{number:?}")))
            } else {
                "'[^']*' ".to_owned()
            }
        }
        Value::Number(number) => format!("'{}' ", regex::escape(&number.to_string())),
        _ => "'.*' ".to_owned(),
    }
}

/// `inferenceConfig.maxTokens` → `inference-config-max-tokens`.
fn slug(way: &[Step]) -> String {
    let words: Vec<String> = way
        .iter()
        .map(|step| match step {
            Step::Member(name) => kebab(name),
            Step::Entry => "entry".to_owned(),
        })
        .collect();
    words.join("-")
}

fn kebab(name: &str) -> String {
    let mut out = String::new();
    let mut upper = true;
    for character in name.chars() {
        if character.is_ascii_uppercase() && !upper {
            out.push('-');
        }
        upper = character.is_ascii_uppercase();
        out.push(character.to_ascii_lowercase());
    }
    out
}
