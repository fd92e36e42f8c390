//! A stream that ends inside a frame, as if it were complete.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::required;
use crate::faults::{Cut, Descriptor, End, Plan, Reach};

/// A stream that ends inside a frame, as if it were complete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EndAfterBytes {
    /// How many bytes leave before.
    pub bytes: u64,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "end-after-bytes",
    what: "The stream ends properly after so many bytes, most likely inside a frame",
    reach: Reach::Streams,
    parameters: &[required(
        "bytes",
        "how many bytes leave before, 0 for the head alone",
    )],
    http1: "the last chunk follows",
    h2: "END_STREAM",
    example: r#"{"kind": "end-after-bytes", "bytes": 300}"#,
};

impl FaultEffect for EndAfterBytes {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn plan(&self, plan: &mut Plan, _length: Option<usize>) {
        plan.cut = Some((Cut::Bytes(self.bytes), End::Clean));
    }
}
