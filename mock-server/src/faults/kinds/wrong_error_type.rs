//! A refusal of another type than it is.

use serde::{Deserialize, Serialize};

use super::Breaks;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{About, Reach, Site};
use crate::wire::Answer;

/// A refusal of another type than it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct WrongErrorType {
    /// The header's value; the header is missing if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// What it says about itself.
pub const ABOUT: About = About {
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

impl Breaks for WrongErrorType {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self) -> Result<(), String> {
        let value = self.value.as_deref().unwrap_or("x");
        match value.bytes().all(|b| (0x20..0x7f).contains(&b)) && value.len() <= 1_000 {
            true => Ok(()),
            false => Err("value: expected at most 1000 visible ASCII characters".into()),
        }
    }

    fn dress(&self, answer: &mut Answer, _site: &Site<'_>) {
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
