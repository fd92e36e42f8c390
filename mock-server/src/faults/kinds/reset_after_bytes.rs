//! A body that is reset in the middle.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::required;
use crate::faults::{Cut, Descriptor, End, Plan, Reach};

/// A body that is reset in the middle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ResetAfterBytes {
    /// How many bytes leave before.
    pub bytes: u64,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "reset-after-bytes",
    what: "The connection is reset after so many bytes of the body have left",
    reach: Reach::Any,
    parameters: &[required(
        "bytes",
        "how many bytes leave before, 0 for the head alone",
    )],
    http1: "TCP reset",
    h2: "RST_STREAM (INTERNAL_ERROR); the connection goes on",
    example: r#"{"kind": "reset-after-bytes", "bytes": 300}"#,
};

impl FaultEffect for ResetAfterBytes {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn plan(&self, plan: &mut Plan, _length: Option<usize>) {
        plan.cut = Some((Cut::Bytes(self.bytes), End::Reset));
    }
}
