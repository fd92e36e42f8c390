//! Chunks that are not base64 in an object.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::FaultEffect;
use crate::faults::descriptor::SAME;
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::event::Source;

/// Chunks that are not base64 in an object.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct UnwrappedChunk {}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "unwrapped-chunk",
    what: "The payload of each chunk is the provider's event itself, not base64 in `bytes`",
    reach: Reach::InvokeModelWithResponseStream,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "unwrapped-chunk"}"#,
};

impl FaultEffect for UnwrappedChunk {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn events(&self, source: Source, _context: &FaultContext<'_>) -> Source {
        Box::new(source.map(|mut event| {
            let bytes = event.payload.get("bytes").and_then(Value::as_str);
            let bytes = bytes.and_then(|text| STANDARD.decode(text).ok());
            if let Some(inner) = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
                event.payload = inner;
                event.bare = true;
            }
            event
        }))
    }
}
