//! What the pipeline learns while it answers, beside the answer itself.

use std::cell::RefCell;

use super::entry::{ModelSeen, ScenarioSeen};
use crate::state::resolve::Resolved;

/// Most faults and violations that are noted.
const MOST: usize = 100;

/// Notes of one call. Whoever finds something out says it here; the journal reads it at the end.
#[derive(Debug, Default)]
pub struct Notes(RefCell<Noted>);

/// What was noted.
#[derive(Debug, Default)]
pub struct Noted {
    /// The model.
    pub model: Option<ModelSeen>,
    /// The scenario.
    pub scenario: Option<ScenarioSeen>,
    /// Kinds of faults.
    pub faults: Vec<String>,
    /// Broken constraints.
    pub violations: Vec<String>,
}

impl Notes {
    /// The model's id or ARN as the request says it.
    pub fn asked(&self, id: &str) {
        let mut noted = self.0.borrow_mut();
        noted.model.get_or_insert_default().asked = id.to_owned();
    }

    /// The model that answers.
    pub fn model(&self, resolved: &Resolved<'_>) {
        let mut noted = self.0.borrow_mut();
        let model = noted.model.get_or_insert_default();
        model.id = Some(resolved.id.clone());
        model.family = Some(resolved.family.family.clone());
        model.application_profile = resolved.application_profile;
    }

    /// The scenario that answers, and which of its replies, from 0.
    pub fn scenario(&self, name: &str, step: usize) {
        self.0.borrow_mut().scenario = Some(ScenarioSeen {
            name: name.to_owned(),
            step,
        });
    }

    /// A fault strikes.
    pub fn fault(&self, kind: &str) {
        let faults = &mut self.0.borrow_mut().faults;
        if faults.len() < MOST {
            faults.push(kind.to_owned());
        }
    }

    /// The input breaks constraints.
    pub fn violations(&self, texts: impl Iterator<Item = String>) {
        self.0.borrow_mut().violations.extend(texts.take(MOST));
    }

    /// All of it.
    pub fn into_noted(self) -> Noted {
        self.0.into_inner()
    }
}
