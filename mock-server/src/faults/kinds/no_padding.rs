//! Events without the padding member `p`.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::SAME;
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::event::{Event, Source};

/// Events without the padding member `p`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct NoPadding {}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "no-padding",
    what: "Events have no padding member `p`",
    reach: Reach::Streams,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "no-padding"}"#,
};

impl FaultEffect for NoPadding {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn events(&self, source: Source, _context: &FaultContext<'_>) -> Source {
        Box::new(source.map(|event| Event {
            bare: true,
            ..event
        }))
    }
}
