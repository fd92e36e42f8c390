//! A stream that is reset between two frames.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::required;
use crate::faults::{Cut, Descriptor, End, Plan, Reach};

/// A stream that is reset between two frames.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ResetAfterEvents {
    /// How many events leave before.
    pub events: u64,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "reset-after-events",
    what: "The connection is reset after so many events have left",
    reach: Reach::Streams,
    parameters: &[required(
        "events",
        "how many events leave before, 0 for the head alone",
    )],
    http1: "TCP reset",
    h2: "RST_STREAM (INTERNAL_ERROR); the connection goes on",
    example: r#"{"kind": "reset-after-events", "events": 3}"#,
};

impl FaultEffect for ResetAfterEvents {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn plan(&self, plan: &mut Plan, _length: Option<usize>) {
        plan.cut = Some((Cut::Frames(self.events), End::Reset));
    }
}
