//! A frame whose prelude checksum is wrong.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{Descriptor, EncodedFrame, Reach};
use crate::wire::frame::reseal;

/// A frame whose prelude checksum is wrong.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct CorruptPreludeCrc {
    /// Number of the frame, from 0.
    pub frame: u64,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "corrupt-prelude-crc",
    what: "The checksum of a frame's first eight bytes is wrong; SSE has none",
    reach: Reach::Streams,
    parameters: &[optional(
        "frame",
        "number of the frame, from 0 (default: 0)",
    )],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "corrupt-prelude-crc", "frame": 2}"#,
};

impl FaultEffect for CorruptPreludeCrc {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn frame(&self, frame: &mut EncodedFrame<'_>) {
        if !frame.sse
            && frame.index == self.frame
            && let Some(byte) = frame.bytes.get_mut(11)
        {
            // The message checksum covers the prelude's: it is made right again, so that this alone
            // is wrong.
            *byte ^= 0xff;
            reseal(&mut frame.bytes);
        }
    }
}
