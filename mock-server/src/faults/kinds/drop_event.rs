//! An event that never comes.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use super::which::Which;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{Descriptor, FaultContext, Reach};
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

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
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

impl FaultEffect for DropEvent {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        Which::check(self.index, self.name.as_ref())
    }

    fn events(&self, source: Source, _context: &FaultContext<'_>) -> Source {
        let mut which = Which::new(self.index, self.name.clone());
        Box::new(source.filter(move |event| !which.is(&event.name)))
    }
}
