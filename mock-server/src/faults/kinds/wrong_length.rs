//! A frame that lies about its length.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{Descriptor, EncodedFrame, Reach};
use crate::wire::frame::reseal_prelude;

/// A frame that lies about its length.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct WrongLength {
    /// Number of the frame, from 0.
    pub frame: u64,
    /// Which of the two lengths lies.
    pub field: LengthField,
    /// By how many bytes; 8 if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<i32>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "wrong-length",
    what: "The total length or the headers' length in a frame's prelude is wrong; its checksums fit what it says; SSE has none",
    reach: Reach::Streams,
    parameters: &[
        optional("frame", "number of the frame, from 0 (default: 0)"),
        optional("field", "total or headers (default: total)"),
        optional(
            "by",
            "how many bytes too many, negative for too few (default: 8)",
        ),
    ],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "wrong-length", "frame": 2, "field": "headers", "by": -3}"#,
};

impl FaultEffect for WrongLength {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn frame(&self, frame: &mut EncodedFrame<'_>) {
        if frame.sse || frame.index != self.frame {
            return;
        }
        let at = match self.field {
            LengthField::Total => 0,
            LengthField::Headers => 4,
        };
        let Some(field) = frame.bytes.get_mut(at..at + 4) else {
            return;
        };
        let told = u32::from_be_bytes([field[0], field[1], field[2], field[3]]);
        let lie = told.wrapping_add_signed(self.by.unwrap_or(8));
        field.copy_from_slice(&lie.to_be_bytes());
        reseal_prelude(&mut frame.bytes);
    }
}

/// One of the two lengths in a frame's prelude.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LengthField {
    /// Of the whole frame.
    #[default]
    Total,
    /// Of its headers.
    Headers,
}
