//! An event that never comes.

use serde::{Deserialize, Serialize};

use super::Breaks;
use super::which::Which;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{About, Reach, Site};
use crate::wire::event::Source;

/// An event that never comes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct DropEvent {
    /// Number of the event, from 0; among those of its name if that is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// Name of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What it says about itself.
pub const ABOUT: About = About {
    name: "drop-event",
    what: "An event is left out",
    reach: Reach::Streams,
    parameters: &[
        optional(
            "index",
            "number of the event, from 0; of those called name, if that is given",
        ),
        optional(
            "name",
            "name of the events; all of them unless index is given",
        ),
    ],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "drop-event", "index": 0, "name": "contentBlockStop"}"#,
};

impl Breaks for DropEvent {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self) -> Result<(), String> {
        Which::check(self.index, self.name.as_ref())
    }

    fn events(&self, source: Source, _site: &Site<'_>) -> Source {
        let mut which = Which::new(self.index, self.name.clone());
        Box::new(source.filter(move |event| !which.is(&event.name)))
    }
}
