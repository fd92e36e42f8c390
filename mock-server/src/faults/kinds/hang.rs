//! No answer ever comes.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::SAME;
use crate::faults::{Descriptor, Hold, Reach};

/// No answer ever comes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Hang {}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "hang",
    what: "No answer ever comes; the request ends when the client leaves",
    reach: Reach::Any,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "hang"}"#,
};

impl FaultEffect for Hang {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn hold(&self) -> Option<Hold> {
        Some(Hold::Forever)
    }
}
