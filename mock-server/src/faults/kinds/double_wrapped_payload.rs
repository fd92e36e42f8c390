//! Payloads inside an object of their event's name.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::FaultEffect;
use crate::faults::descriptor::SAME;
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::event::Source;

/// Payloads inside an object of their event's name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct DoubleWrappedPayload {}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "double-wrapped-payload",
    what: "Each payload is wrapped once more in an object whose one member is the event's name",
    reach: Reach::Streams,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "double-wrapped-payload"}"#,
};

impl FaultEffect for DoubleWrappedPayload {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn events(&self, source: Source, _context: &FaultContext<'_>) -> Source {
        Box::new(source.map(|mut event| {
            let name: &str = &event.name;
            event.payload = json!({ name: event.payload });
            event.bare = true;
            event
        }))
    }
}
