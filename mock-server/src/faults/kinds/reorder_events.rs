//! Two events in the wrong order.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, required};
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::event::Source;

/// Two events in the wrong order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ReorderEvents {
    /// Number of the event, from 0.
    pub index: usize,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "reorder-events",
    what: "An event comes behind the one that follows it",
    reach: Reach::Streams,
    parameters: &[required(
        "index",
        "number of the event that comes too late, from 0",
    )],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "reorder-events", "index": 1}"#,
};

impl FaultEffect for ReorderEvents {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn events(&self, mut source: Source, _context: &FaultContext<'_>) -> Source {
        let (late, mut next, mut held) = (self.index, 0, None);
        Box::new(std::iter::from_fn(move || {
            if let Some(event) = held.take() {
                return Some(event);
            }
            let event = source.next()?;
            next += 1;
            if next - 1 != late {
                return Some(event);
            }
            match source.next() {
                Some(early) => {
                    held = Some(event);
                    Some(early)
                }
                None => Some(event),
            }
        }))
    }
}
