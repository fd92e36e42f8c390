//! SSE lines where frames are expected.

use serde::{Deserialize, Serialize};

use super::Breaks;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{About, Made, Reach};
use crate::wire::sse;

/// SSE lines where frames are expected.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct SseInside {
    /// How many events leave as frames before.
    pub events: u64,
}

/// What it says about itself.
pub const ABOUT: About = About {
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

impl Breaks for SseInside {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn frame(&self, made: &mut Made<'_>) {
        if made.index >= self.events {
            made.bytes = sse::event(made.name, made.payload);
        }
    }
}
