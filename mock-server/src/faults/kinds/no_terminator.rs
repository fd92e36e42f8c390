//! A stream whose end is missing.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::optional;
use crate::faults::{Cut, Descriptor, End, Plan, Reach};

/// A stream whose end is missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct NoTerminator {
    /// How many events leave before; all of them if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<u64>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "no-terminator",
    what: "The stream's protocol-level end is missing, after so many events or after all",
    reach: Reach::Streams,
    parameters: &[optional(
        "events",
        "how many events leave before (default: all)",
    )],
    http1: "the connection closes without the last chunk",
    h2: "RST_STREAM (INTERNAL_ERROR) instead of END_STREAM",
    example: r#"{"kind": "no-terminator", "events": 3}"#,
};

impl FaultEffect for NoTerminator {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn plan(&self, plan: &mut Plan, _length: Option<usize>) {
        plan.cut = Some((self.events.map_or(Cut::Last, Cut::Frames), End::Broken));
    }
}
