//! Constraints → values that keep or break them.

use serde_json::Value;

use super::constraint::{Constraint, Rule};
use super::minimal::Minimal;
use super::sample;
use super::walk::Member;
use crate::model::{Overlay, Service};

/// A shape's constraints, and a value for each way to keep or break one.
pub(super) struct Probes {
    pub(super) constraints: Vec<Constraint>,
    pub(super) values: Vec<(String, bool, Result<Value, &'static str>)>,
}

/// The member that values are made for.
pub(super) struct Subject<'a> {
    pub(super) service: &'a Service,
    pub(super) overlay: &'a Overlay,
    pub(super) minimal: &'a Minimal<'a>,
    pub(super) member: &'a Member,
}

impl Subject<'_> {
    pub(super) fn probes(&self) -> Probes {
        let mut constraints = Constraint::of(self.service, &self.member.shape);
        let service = &self.service.name;
        if self.overlay.ignores_pattern(service, &self.member.shape) {
            constraints.retain(|constraint| !matches!(constraint.rule, Rule::Pattern(_)));
        }
        let mut values = Vec::new();
        for constraint in &constraints {
            // Nothing is shorter than nothing.
            if constraint.rule == Rule::MinLength(0) {
                continue;
            }
            let word = constraint.word();
            values.push((
                format!("{word}-broken"),
                false,
                self.broken(constraint, &constraints),
            ));
            values.push((
                format!("{word}-legal"),
                true,
                self.legal(constraint, &constraints),
            ));
        }
        Probes {
            constraints,
            values,
        }
    }

    /// A value that breaks the constraint, and as few others as possible.
    fn broken(&self, constraint: &Constraint, all: &[Constraint]) -> Result<Value, &'static str> {
        let value = match &constraint.rule {
            Rule::Pattern(_) => ["!", "a b!", "\u{7}", "", "é!", "/"]
                .into_iter()
                .map(Value::from)
                .find(|text| {
                    !self.unsendable(text)
                        && constraint.keeps(text) == Some(false)
                        && all
                            .iter()
                            .filter(|other| other.rule != constraint.rule)
                            .all(|other| other.keeps(text) == Some(true))
                })
                .ok_or("no text was found that breaks it alone")?,
            Rule::MinLength(least) => self.sized(least - 1, all)?,
            Rule::MaxLength(most) => self.sized(most + 1, all)?,
            Rule::MinValue(least) => self.number(least - 1.0)?,
            Rule::MaxValue(most) => self.number(most + 1.0)?,
            Rule::Enum(_) => Value::from("no-such-word"),
        };
        if self.unsendable(&value) {
            return Err("a path or header cannot hold it");
        }
        match constraint.keeps(&value) {
            Some(false) => Ok(value),
            _ => Err("no value was found that breaks it"),
        }
    }

    /// A value at the edge that keeps every constraint.
    fn legal(&self, constraint: &Constraint, all: &[Constraint]) -> Result<Value, &'static str> {
        let value = match &constraint.rule {
            Rule::Pattern(_) => self
                .minimal
                .make(&self.member.shape)
                .ok_or("no text was found that keeps it")?,
            Rule::MinLength(least) => self.sized(*least, all)?,
            Rule::MaxLength(most) => self.sized(*most, all)?,
            Rule::MinValue(least) => self.number(*least)?,
            Rule::MaxValue(most) => self.number(*most)?,
            Rule::Enum(words) => words
                .last()
                .map(|word| Value::from(word.as_str()))
                .ok_or("it has no words")?,
        };
        if self.unsendable(&value) {
            return Err("a path or header cannot hold it");
        }
        if all.iter().all(|other| other.keeps(&value) == Some(true)) {
            Ok(value)
        } else {
            Err("no value was found that keeps every constraint")
        }
    }

    fn sized(&self, length: u64, all: &[Constraint]) -> Result<Value, &'static str> {
        let count = usize::try_from(length).map_err(|_| "it is too long to be sent")?;
        if count > sample::LONGEST {
            return Err("it is too long to be sent");
        }
        let stated = self.service.shape(&self.member.shape);
        match stated["type"].as_str() {
            Some("string") => {
                let pattern = all.iter().find_map(|constraint| match &constraint.rule {
                    Rule::Pattern(pattern) => Some(pattern.as_str()),
                    _ => None,
                });
                Ok(Value::String(
                    sample::of_length(pattern, count).unwrap_or_else(|| "a".repeat(count)),
                ))
            }
            Some("list") => {
                let of = stated["member"]["shape"].as_str().unwrap_or_default();
                let entry = self.minimal.make(of).ok_or("its entries cannot be made")?;
                Ok(Value::Array(vec![entry; count]))
            }
            Some("map") => {
                let key = stated["key"]["shape"].as_str().unwrap_or_default();
                let key = self.minimal.make(key).ok_or("its keys cannot be made")?;
                let of = stated["value"]["shape"].as_str().unwrap_or_default();
                let entry = self.minimal.make(of).ok_or("its values cannot be made")?;
                let key = key.as_str().unwrap_or("k").to_owned();
                Ok(Value::Object(
                    (0..count)
                        .map(|index| (format!("{key}{index}"), entry.clone()))
                        .collect(),
                ))
            }
            _ => Err("lengths of this type are not derived"),
        }
    }

    fn number(&self, number: f64) -> Result<Value, &'static str> {
        let stated = self.service.shape(&self.member.shape);
        match stated["type"].as_str() {
            #[allow(clippy::cast_possible_truncation)] // Bounds are small whole numbers.
            Some("integer") if number.abs() < 2_147_483_647.0 => Ok(Value::from(number as i64)),
            #[allow(clippy::cast_possible_truncation)]
            Some("long") if number.abs() < 9e15 => Ok(Value::from(number as i64)),
            Some("integer" | "long") => Err("the number is beyond its type"),
            _ => Ok(Value::from(number)),
        }
    }

    fn unsendable(&self, value: &Value) -> bool {
        match (self.member.location.as_deref(), value) {
            (Some("uri"), Value::String(text)) => text.is_empty(),
            (Some("header"), Value::String(text)) => {
                text.is_empty() || !text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
            }
            _ => false,
        }
    }
}
