//! A stream that ends early, as if it were complete.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::required;
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::event::Source;

/// A stream that ends early, as if it were complete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EndAfterEvents {
    /// How many events are sent.
    pub events: usize,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "end-after-events",
    what: "The stream ends properly after so many events, whatever was still to come",
    reach: Reach::Streams,
    parameters: &[required("events", "how many events are sent, 0 for none")],
    http1: "the last chunk follows",
    h2: "END_STREAM",
    example: r#"{"kind": "end-after-events", "events": 3}"#,
};

impl FaultEffect for EndAfterEvents {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn events(&self, source: Source, _context: &FaultContext<'_>) -> Source {
        Box::new(source.take(self.events))
    }
}
