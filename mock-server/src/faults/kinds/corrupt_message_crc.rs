//! A frame whose message checksum is wrong.

use serde::{Deserialize, Serialize};

use super::Breaks;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{About, Made, Reach};

/// A frame whose message checksum is wrong.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct CorruptMessageCrc {
    /// Number of the frame, from 0.
    pub frame: u64,
}

/// What it says about itself.
pub const ABOUT: About = About {
    name: "corrupt-message-crc",
    what: "The checksum at the end of a frame is wrong; SSE has none",
    reach: Reach::Streams,
    parameters: &[optional(
        "frame",
        "number of the frame, from 0 (default: 0)",
    )],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "corrupt-message-crc", "frame": 2}"#,
};

impl Breaks for CorruptMessageCrc {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn frame(&self, made: &mut Made<'_>) {
        if !made.sse
            && made.index == self.frame
            && let Some(byte) = made.bytes.last_mut()
        {
            *byte ^= 0xff;
        }
    }
}
