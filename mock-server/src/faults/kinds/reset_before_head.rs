//! A reset instead of an answer.

use serde::{Deserialize, Serialize};

use super::Breaks;
use crate::faults::{About, Hold, Reach};

/// A reset instead of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ResetBeforeHead {}

/// What it says about itself.
pub const ABOUT: About = About {
    name: "reset-before-head",
    what: "The connection is reset before any byte of the answer",
    reach: Reach::Any,
    parameters: &[],
    http1: "TCP reset",
    h2: "RST_STREAM (INTERNAL_ERROR); the connection goes on",
    example: r#"{"kind": "reset-before-head"}"#,
};

impl Breaks for ResetBeforeHead {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn hold(&self) -> Option<Hold> {
        Some(Hold::Reset)
    }
}
