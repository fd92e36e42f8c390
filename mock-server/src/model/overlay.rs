//! Where the real service departs from its published model.
//!
//! Each departure is an entry of `fixtures/overlays/model.json` with its source; code never holds
//! one. Entries that relax the service for the founding guide's sake carry `"fidelity": "guide"`
//! and are left out when the mock plays the service exactly.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::shape::Member;

/// How closely the mock follows today's service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fidelity {
    /// Accept what the API-key guide does even where today's service refuses it.
    #[default]
    Guide,
    /// Behave exactly as the service.
    Service,
}

/// The departures of one service.
#[derive(Debug, Default, Clone)]
pub struct Overlay {
    sensitive: HashSet<String>,
    order: HashMap<String, Vec<String>>,
    unchecked_patterns: HashSet<String>,
    values: HashMap<String, Vec<String>>,
    pattern_waivers: HashSet<String>,
    extra_members: HashMap<String, HashSet<String>>,
    nullable: bool,
    switches: HashSet<String>,
}

impl Overlay {
    /// Reads the entries for one service from the overlay file's text. An entry without `service`
    /// applies to all.
    pub fn read(text: &str, service: &str, fidelity: Fidelity) -> Result<Self, serde_json::Error> {
        let root: Value = serde_json::from_str(text)?;
        let mut overlay = Self::default();
        for entry in root
            .get("entries")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let text = |key: &str| entry.get(key).and_then(Value::as_str);
            let texts = |key: &str| -> Vec<String> {
                entry
                    .get(key)
                    .and_then(Value::as_array)
                    .map(|all| {
                        all.iter()
                            .filter_map(Value::as_str)
                            .map(Into::into)
                            .collect()
                    })
                    .unwrap_or_default()
            };
            let elsewhere = text("service").is_some_and(|s| s != service);
            let not_now = text("fidelity") == Some("guide") && fidelity != Fidelity::Guide;
            if elsewhere || not_now {
                continue;
            }
            let shape = text("shape").unwrap_or_default();
            match text("kind").unwrap_or_default() {
                "sensitive" => {
                    overlay.sensitive.insert(shape.into());
                }
                "member-order" => {
                    overlay.order.insert(shape.into(), texts("members"));
                }
                "pattern-unchecked" => {
                    overlay.unchecked_patterns.insert(shape.into());
                }
                "input-values" => {
                    overlay.values.insert(shape.into(), texts("values"));
                }
                "pattern-waiver" => {
                    overlay.pattern_waivers.insert(shape.into());
                }
                "output-members" => {
                    overlay
                        .extra_members
                        .entry(shape.into())
                        .or_default()
                        .extend(texts("members"));
                }
                "output-nulls" => overlay.nullable = true,
                "switch" => {
                    overlay
                        .switches
                        .insert(text("name").unwrap_or_default().into());
                }
                _ => {}
            }
        }
        Ok(overlay)
    }

    /// The service keeps values of this shape out of its messages though the model does not say so.
    pub fn is_sensitive(&self, shape: &str) -> bool {
        self.sensitive.contains(shape)
    }

    /// Puts the members of a structure in the order in which the service reports on them.
    pub fn reorder(&self, shape: &str, members: &mut [Member]) {
        if let Some(order) = self.order.get(shape) {
            let rank = |m: &Member| {
                order
                    .iter()
                    .position(|o| **o == *m.name)
                    .unwrap_or(usize::MAX)
            };
            members.sort_by_key(rank);
        }
    }

    /// The service does not hold values of a shape against its pattern; the operation judges them.
    pub fn ignores_pattern(&self, shape: &str) -> bool {
        self.unchecked_patterns.contains(shape)
    }

    /// The service takes this value though it is none of the shape's own.
    pub fn allows_value(&self, shape: &str, value: &str) -> bool {
        let more = self.values.get(shape);
        more.is_some_and(|all| all.iter().any(|v| v == value))
    }

    /// Whether the service leaves a value with a percent escape in it to the operation instead of
    /// holding it against the shape's pattern.
    pub fn waives_pattern(&self, shape: &str, value: &str) -> bool {
        value.contains('%') && self.pattern_waivers.contains(shape)
    }

    /// The service sends this member though the model does not have it.
    pub fn allows_member(&self, shape: &str, member: &str) -> bool {
        self.extra_members
            .get(shape)
            .is_some_and(|m| m.contains(member))
            || self
                .extra_members
                .get("*")
                .is_some_and(|m| m.contains(member))
    }

    /// The service writes nulls for absent members.
    pub fn allows_null(&self) -> bool {
        self.nullable
    }

    /// Whether a named relaxation is in force.
    pub fn switch(&self, name: &str) -> bool {
        self.switches.contains(name)
    }
}
