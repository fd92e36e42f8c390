//! A refusal under another status.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, required};
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::Answer;

/// A refusal under another status.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct WrongStatus {
    /// The status.
    pub status: u16,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "wrong-status",
    what: "Refusals have another HTTP status; answers that are no refusals stay as they are",
    reach: Reach::Any,
    parameters: &[required("status", "the status, 400 to 599")],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "wrong-status", "status": 400}"#,
};

impl FaultEffect for WrongStatus {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        match self.status {
            400..=599 => Ok(()),
            _ => Err("status: expected a number from 400 to 599".into()),
        }
    }

    fn apply_to_answer(&self, answer: &mut Answer, _context: &FaultContext<'_>) {
        if answer.status >= 400 {
            answer.status = self.status;
        }
    }
}
