//! A stream whose events come as slowly as a model makes them.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{Descriptor, Pacing, Reach};

/// A stream whose events come as slowly as a model makes them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Paced(pub Pacing);

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "pacing",
    what: "The events of the stream leave at a certain speed, as a model makes them",
    reach: Reach::Streams,
    parameters: &[
        optional(
            "firstEventMs",
            "time to the first event, milliseconds, at most 3600000",
        ),
        optional(
            "eventsPerSecond",
            "events per second after the first one, 0.001 to 1000000",
        ),
        optional(
            "jitter",
            "each pause is longer or shorter by at most this part of itself, 0 to 1",
        ),
        optional("seed", "seed of the jitter (default: 0)"),
        optional(
            "gapsMs",
            "pauses before the first, second, third … event, milliseconds; the rate goes on behind the last of them",
        ),
    ],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "pacing", "firstEventMs": 300, "eventsPerSecond": 40.5, "jitter": 0.2, "seed": 7, "gapsMs": [300, 10]}"#,
};

impl FaultEffect for Paced {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        self.0.check()
    }

    fn pacing(&self) -> Option<&Pacing> {
        Some(&self.0)
    }
}
