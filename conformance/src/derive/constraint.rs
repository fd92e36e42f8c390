//! Constraints of a shape: what they say, and whether a value keeps them.

use regex::Regex;
use serde_json::Value;

use crate::model::Service;

/// One rule of a shape.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// A pattern that the whole text must match.
    Pattern(String),
    /// The least length.
    MinLength(u64),
    /// The greatest length.
    MaxLength(u64),
    /// The least number.
    MinValue(f64),
    /// The greatest number.
    MaxValue(f64),
    /// The words that there are.
    Enum(Vec<String>),
}

/// A rule of a shape.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// The rule.
    pub rule: Rule,
    /// Its pattern, ready to match.
    regex: Option<Regex>,
}

impl Constraint {
    /// The constraints of a shape in the order in which the service tells broken ones.
    pub fn of(service: &Service, shape: &str) -> Vec<Self> {
        let stated = service.shape(shape);
        let of = stated["type"].as_str().unwrap_or_default();
        let mut rules = Vec::new();
        if let Some(pattern) = stated["pattern"].as_str() {
            rules.push(Rule::Pattern(pattern.to_owned()));
        }
        let number = matches!(of, "integer" | "long" | "float" | "double");
        for (name, max) in [("max", true), ("min", false)] {
            let bound = &stated[name];
            let rule = match (number, max) {
                (true, true) => bound.as_f64().map(Rule::MaxValue),
                (true, false) => bound.as_f64().map(Rule::MinValue),
                (false, true) => bound.as_u64().map(Rule::MaxLength),
                (false, false) => bound.as_u64().map(Rule::MinLength),
            };
            rules.extend(rule);
        }
        if let Some(words) = stated["enum"].as_array() {
            let words = words.iter().filter_map(Value::as_str).map(str::to_owned);
            rules.push(Rule::Enum(words.collect()));
        }
        rules
            .into_iter()
            .map(|rule| Self {
                regex: match &rule {
                    Rule::Pattern(pattern) => whole(pattern),
                    _ => None,
                },
                rule,
            })
            .collect()
    }

    /// Whether a value keeps it; none if this program cannot tell.
    pub fn keeps(&self, value: &Value) -> Option<bool> {
        Some(match &self.rule {
            Rule::Pattern(_) => self.regex.as_ref()?.is_match(value.as_str()?),
            Rule::MinLength(least) => length(value)? >= *least,
            Rule::MaxLength(most) => length(value)? <= *most,
            Rule::MinValue(least) => value.as_f64()? >= *least,
            Rule::MaxValue(most) => value.as_f64()? <= *most,
            Rule::Enum(words) => words.iter().any(|word| value == word),
        })
    }

    /// What the service's text says about it.
    pub fn clause(&self) -> String {
        match &self.rule {
            Rule::Pattern(pattern) => {
                format!("Member must satisfy regular expression pattern: {pattern}")
            }
            Rule::MinLength(least) => {
                format!("Member must have length greater than or equal to {least}")
            }
            Rule::MaxLength(most) => {
                format!("Member must have length less than or equal to {most}")
            }
            Rule::MinValue(least) => {
                format!("Member must have value greater than or equal to {least}")
            }
            Rule::MaxValue(most) => {
                format!("Member must have value less than or equal to {most}")
            }
            Rule::Enum(words) => {
                format!("Member must satisfy enum value set: [{}]", words.join(", "))
            }
        }
    }

    /// Its name in a row.
    pub fn word(&self) -> &'static str {
        match self.rule {
            Rule::Pattern(_) => "pattern",
            Rule::MinLength(_) => "min-length",
            Rule::MaxLength(_) => "max-length",
            Rule::MinValue(_) => "min-value",
            Rule::MaxValue(_) => "max-value",
            Rule::Enum(_) => "enum",
        }
    }
}

/// A model's pattern, for the whole text, as Java's `matches` has it.
pub(super) fn whole(pattern: &str) -> Option<Regex> {
    Regex::new(&format!("^(?:{pattern})$")).ok()
}

fn length(value: &Value) -> Option<u64> {
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => return None,
    };
    u64::try_from(length).ok()
}
