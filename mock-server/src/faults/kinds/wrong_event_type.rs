//! Events under a wrong name.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use super::which::check_name;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::event::Source;

/// Events under a wrong name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct WrongEventType {
    /// The name; `chunk` if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "wrong-event-type",
    what: "The name of every event is another one",
    reach: Reach::Streams,
    parameters: &[optional(
        "name",
        "the name that all events get, at most 255 bytes (default: chunk)",
    )],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "wrong-event-type", "name": "chunk"}"#,
};

impl FaultEffect for WrongEventType {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        check_name(self.name.as_ref())
    }

    fn events(&self, source: Source, _context: &FaultContext<'_>) -> Source {
        let name = self.name.clone().unwrap_or_else(|| "chunk".into());
        Box::new(source.map(move |mut event| {
            if !event.exception {
                event.name = name.clone().into();
            }
            event
        }))
    }
}
