//! Many frames in one piece.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::optional;
use crate::faults::{Descriptor, Plan, Reach};

/// Many frames in one piece.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Coalesce {
    /// Frames in a piece; all of them if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<usize>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "coalesce",
    what: "So many frames are handed on in one piece, or all of them",
    reach: Reach::Streams,
    parameters: &[optional("frames", "frames in a piece (default: all)")],
    http1: "each piece is one chunk",
    h2: "each piece is one DATA frame, as far as the window allows",
    example: r#"{"kind": "coalesce", "frames": 4}"#,
};

impl FaultEffect for Coalesce {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn plan(&self, plan: &mut Plan, _length: Option<usize>) {
        plan.coalesce = Some(self.frames.unwrap_or(0));
    }
}
