//! SSE lines where frames are expected.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{Descriptor, EncodedFrame, Reach};
use crate::wire::sse;

/// SSE lines where frames are expected.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct SseInside {
    /// How many events leave as frames before.
    pub events: u64,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "sse-inside",
    what: "From some event on, events are SSE lines though the head announces frames",
    reach: Reach::Streams,
    parameters: &[optional(
        "events",
        "how many events leave as frames before (default: 0)",
    )],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "sse-inside", "events": 2}"#,
};

impl FaultEffect for SseInside {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn frame(&self, frame: &mut EncodedFrame<'_>) {
        if frame.index >= self.events {
            frame.bytes = sse::event(frame.name, frame.payload);
        }
    }
}
