//! No answer ever comes.

use serde::{Deserialize, Serialize};

use super::Breaks;
use crate::faults::descriptor::SAME;
use crate::faults::{About, Hold, Reach};

/// No answer ever comes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Hang {}

/// What it says about itself.
pub const ABOUT: About = About {
    name: "hang",
    what: "No answer ever comes; the request ends when the client leaves",
    reach: Reach::Any,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "hang"}"#,
};

impl Breaks for Hang {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn hold(&self) -> Option<Hold> {
        Some(Hold::Forever)
    }
}
