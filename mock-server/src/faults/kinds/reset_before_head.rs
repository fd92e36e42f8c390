//! A reset instead of an answer.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::{Descriptor, Hold, Reach};

/// A reset instead of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ResetBeforeHead {}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "reset-before-head",
    what: "The connection is reset before any byte of the answer",
    reach: Reach::Any,
    parameters: &[],
    http1: "TCP reset",
    h2: "RST_STREAM (INTERNAL_ERROR); the connection goes on",
    example: r#"{"kind": "reset-before-head"}"#,
};

impl FaultEffect for ResetBeforeHead {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn hold(&self) -> Option<Hold> {
        Some(Hold::Reset)
    }
}
