//! A start event for a block of text, which the service never sends.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::FaultEffect;
use crate::faults::descriptor::SAME;
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::event::{Event, Source};

/// A start event for a block of text, which the service never sends.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct EmptyTextStart {}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "empty-text-start",
    what: "Blocks without a start event get one whose `start` is empty",
    reach: Reach::ConverseStream,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "empty-text-start"}"#,
};

impl FaultEffect for EmptyTextStart {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn events(&self, source: Source, _context: &FaultContext<'_>) -> Source {
        let mut started = None;
        Box::new(source.flat_map(move |event| {
            let block = event.payload.get("contentBlockIndex").cloned();
            let unstarted = block.filter(|block| started.as_ref() != Some(block));
            let start = unstarted.and_then(|block| {
                started = Some(block.clone());
                let payload = json!({ "contentBlockIndex": block, "start": {} });
                (event.name == "contentBlockDelta")
                    .then(|| Event::new("contentBlockStart", payload))
            });
            start.into_iter().chain([event])
        }))
    }
}
