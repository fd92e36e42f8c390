//! A stream cut into pieces that do not keep to its frames.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::required;
use crate::faults::{Descriptor, Plan, Reach};

/// A stream cut into pieces that do not keep to its frames.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rechunk {
    /// Bytes of each piece but the last.
    pub bytes: usize,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "rechunk",
    what: "The body is handed on in pieces of so many bytes, whatever the frames",
    reach: Reach::Streams,
    parameters: &[required("bytes", "bytes of each piece, at least 1")],
    http1: "each piece is a chunk and a write of its own",
    h2: "each piece is a DATA frame of its own, which flow control may divide",
    example: r#"{"kind": "rechunk", "bytes": 1}"#,
};

impl FaultEffect for Rechunk {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        match self.bytes {
            0 => Err("bytes: expected at least 1".into()),
            _ => Ok(()),
        }
    }

    fn plan(&self, plan: &mut Plan, _length: Option<usize>) {
        plan.rechunk = Some(self.bytes);
    }
}
