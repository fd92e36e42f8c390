//! An event that no client knows.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::FaultEffect;
use super::which::check_name;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::event::{Event, Source};

/// An event that no client knows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct UnknownEvent {
    /// How many events come before.
    pub events: usize,
    /// Its name; `futureEvent` if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "unknown-event",
    what: "An event whose name no model has comes after so many events",
    reach: Reach::Streams,
    parameters: &[
        optional("events", "how many events come before (default: 0)"),
        optional("name", "its name, at most 255 bytes (default: futureEvent)"),
    ],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "unknown-event", "events": 2, "name": "laterEvent"}"#,
};

impl FaultEffect for UnknownEvent {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        check_name(self.name.as_ref())
    }

    fn events(&self, mut source: Source, _context: &FaultContext<'_>) -> Source {
        let name = self.name.clone().unwrap_or_else(|| "futureEvent".into());
        let mut unknown = Some(Event::new(name, json!({ "future": true })));
        let mut before = self.events;
        Box::new(std::iter::from_fn(move || {
            if before == 0
                && let Some(event) = unknown.take()
            {
                return Some(event);
            }
            before = before.saturating_sub(1);
            source.next()
        }))
    }
}
