//! A stream that pauses.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, optional, required};
use crate::faults::{Descriptor, Plan, Reach};

/// A stream that pauses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Stall {
    /// How many events leave before.
    pub events: u64,
    /// How long it pauses, ms; for ever if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "stall",
    what: "The stream pauses after so many events, for a time or for ever",
    reach: Reach::Streams,
    parameters: &[
        required(
            "events",
            "how many events leave before, 0 for the head alone",
        ),
        optional(
            "ms",
            "how long, milliseconds, at most 3600000 (default: until the client leaves)",
        ),
    ],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "stall", "events": 3, "ms": 1500}"#,
};

impl FaultEffect for Stall {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        match self.ms {
            Some(3_600_001..) => Err("ms: expected at most 3600000, an hour".into()),
            _ => Ok(()),
        }
    }

    fn plan(&self, plan: &mut Plan, _length: Option<usize>) {
        plan.stalls
            .push((self.events, self.ms.map(Duration::from_millis)));
    }
}
