//! Where the real service departs from its model, as far as answers are concerned.

use bedrock_fixtures::overlays;
use serde_json::Value;

/// The departures that concern answers, and those that concern requests as the derived cases
/// need them.
#[derive(Debug)]
pub struct Overlay {
    entries: Vec<Value>,
}

impl Overlay {
    /// Reads the departures that come with the suite, without the founding guide's relaxations:
    /// those are extensions, and the suite judges by the service.
    pub fn embedded() -> Self {
        let whole: Value = serde_json::from_str(overlays::MODEL).unwrap_or_default();
        let entries = whole["entries"].as_array().cloned().unwrap_or_default();
        Self {
            entries: entries
                .into_iter()
                .filter(|entry| entry["fidelity"].is_null())
                .collect(),
        }
    }

    /// Whether answers may hold a member that the model lacks.
    pub fn allows_member(&self, service: &str, shape: &str, member: &str) -> bool {
        self.of("output-members", service).any(|entry| {
            (entry["shape"] == shape || entry["shape"] == "*")
                && entry["members"]
                    .as_array()
                    .is_some_and(|names| names.iter().any(|name| name == member))
        })
    }

    /// Whether answers write null for an absent member.
    pub fn allows_nulls(&self, service: &str) -> bool {
        self.of("output-nulls", service).next().is_some()
    }

    /// Whether texts leave out values of this shape.
    pub fn hides(&self, service: &str, shape: &str) -> bool {
        self.of("sensitive", service)
            .any(|entry| entry["shape"] == shape)
    }

    /// Whether the service leaves values of this shape to the operation, whatever their pattern says.
    pub fn ignores_pattern(&self, service: &str, shape: &str) -> bool {
        self.of("pattern-unchecked", service)
            .any(|entry| entry["shape"] == shape)
    }

    /// Whether a switch is on.
    pub fn has_switch(&self, service: &str, name: &str) -> bool {
        self.of("switch", service)
            .any(|entry| entry["name"] == name)
    }

    fn of<'a>(&'a self, kind: &'a str, service: &'a str) -> impl Iterator<Item = &'a Value> {
        self.entries
            .iter()
            .filter(move |entry| entry["kind"] == kind && entry["service"] == service)
    }
}
