//! The answer comes late.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, required};
use crate::faults::{Descriptor, Hold, Reach};

/// The answer comes late.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Delay {
    /// How late, ms.
    pub ms: u64,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "delay",
    what: "The answer comes late",
    reach: Reach::Any,
    parameters: &[required("ms", "how late, milliseconds, at most 3600000")],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "delay", "ms": 1500}"#,
};

impl FaultEffect for Delay {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        match self.ms {
            ..=3_600_000 => Ok(()),
            _ => Err("ms: expected at most 3600000, an hour".into()),
        }
    }

    fn hold(&self) -> Option<Hold> {
        Some(Hold::For(Duration::from_millis(self.ms)))
    }
}
