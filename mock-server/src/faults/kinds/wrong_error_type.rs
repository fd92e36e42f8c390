//! A refusal of another type than it is.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::Answer;

/// A refusal of another type than it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct WrongErrorType {
    /// The header's value; the header is missing if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "wrong-error-type",
    what: "Refusals carry another x-amzn-ErrorType, or none; answers that are no refusals stay as they are",
    reach: Reach::Any,
    parameters: &[optional(
        "value",
        "the header's value, visible ASCII (default: the header is missing)",
    )],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "wrong-error-type", "value": "com.amazon.coral.service#ThrottlingException"}"#,
};

impl FaultEffect for WrongErrorType {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        let value = self.value.as_deref().unwrap_or("x");
        match value.bytes().all(|b| (0x20..0x7f).contains(&b)) && value.len() <= 1_000 {
            true => Ok(()),
            false => Err("value: expected at most 1000 visible ASCII characters".into()),
        }
    }

    fn apply_to_answer(&self, answer: &mut Answer, _context: &FaultContext<'_>) {
        if answer.status < 400 {
            return;
        }
        answer.headers.retain(|(name, _)| *name != HEADER);
        if let Some(value) = &self.value {
            answer.headers.insert(0, (HEADER.into(), value.clone()));
        }
    }
}

const HEADER: &str = "x-amzn-ErrorType";
