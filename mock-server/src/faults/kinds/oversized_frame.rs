//! A frame larger than decoders take.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::FaultEffect;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::event::Source;

/// A frame larger than decoders take.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct OversizedFrame {
    /// Number of the event, from 0.
    pub frame: usize,
    /// Size of its padding, bytes; 25 MiB if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "oversized-frame",
    what: "One event is padded until its payload has so many bytes",
    reach: Reach::Streams,
    parameters: &[
        optional("frame", "number of the event, from 0 (default: 0)"),
        optional(
            "bytes",
            "size of its padding, at most 67108864 (default: 26214400, above the 24 MiB that botocore takes)",
        ),
    ],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "oversized-frame", "frame": 1, "bytes": 20000000}"#,
};

impl FaultEffect for OversizedFrame {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        match self.bytes {
            Some(67_108_865..) => Err("bytes: expected at most 67108864".into()),
            _ => Ok(()),
        }
    }

    fn events(&self, source: Source, _context: &FaultContext<'_>) -> Source {
        let (frame, bytes) = (self.frame, self.bytes.unwrap_or(DEFAULT));
        Box::new(source.enumerate().map(move |(index, mut event)| {
            if index == frame
                && let Value::Object(members) = &mut event.payload
            {
                members.insert("p".into(), "a".repeat(bytes).into());
                event.bare = true;
            }
            event
        }))
    }
}

const DEFAULT: usize = 25 * 1024 * 1024;
