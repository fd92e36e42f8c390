//! A whole body that ends before its length.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::optional;
use crate::faults::{Cut, Descriptor, End, Plan, Reach};

/// A whole body that ends before its length.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct TruncateBody {
    /// How many bytes leave; half of them if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "truncate-body",
    what: "The body ends before its Content-Length is reached",
    reach: Reach::Whole,
    parameters: &[optional("bytes", "how many bytes leave (default: half)")],
    http1: "the connection closes",
    h2: "END_STREAM after fewer bytes than content-length says, which is a malformed answer",
    example: r#"{"kind": "truncate-body", "bytes": 20}"#,
};

impl FaultEffect for TruncateBody {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn plan(&self, plan: &mut Plan, length: Option<usize>) {
        // Something must be missing, or it is no fault.
        let length = length.unwrap_or_default() as u64;
        let bytes = self.bytes.unwrap_or(length / 2);
        plan.cut = Some((Cut::Bytes(bytes.min(length.saturating_sub(1))), End::Broken));
    }
}
