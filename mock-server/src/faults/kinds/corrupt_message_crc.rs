//! A frame whose message checksum is wrong.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{Descriptor, EncodedFrame, Reach};

/// A frame whose message checksum is wrong.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct CorruptMessageCrc {
    /// Number of the frame, from 0.
    pub frame: u64,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
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

impl FaultEffect for CorruptMessageCrc {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn frame(&self, frame: &mut EncodedFrame<'_>) {
        if !frame.sse
            && frame.index == self.frame
            && let Some(byte) = frame.bytes.last_mut()
        {
            *byte ^= 0xff;
        }
    }
}
