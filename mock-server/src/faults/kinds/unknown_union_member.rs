//! A delta of a kind that no client knows.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::FaultEffect;
use super::which::check_name;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::event::{Event, Source};

/// A delta of a kind that no client knows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct UnknownUnionMember {
    /// The member's name; `futureContent` if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "unknown-union-member",
    what: "Before the first delta comes one whose union member no model has",
    reach: Reach::ConverseStream,
    parameters: &[optional(
        "name",
        "the member's name, at most 255 bytes (default: futureContent)",
    )],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "unknown-union-member", "name": "smell"}"#,
};

impl FaultEffect for UnknownUnionMember {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self) -> Result<(), String> {
        check_name(self.name.as_ref())
    }

    fn events(&self, source: Source, _context: &FaultContext<'_>) -> Source {
        let name = self.name.clone().unwrap_or_else(|| "futureContent".into());
        let mut name = Some(name);
        Box::new(source.flat_map(move |event| {
            let delta = event.payload.get("delta").is_some();
            let unknown = name.take_if(|_| delta).map(|name| {
                let mut payload = event.payload.clone();
                payload["delta"] = json!({ name: { "value": "?" } });
                Event::new("contentBlockDelta", payload)
            });
            unknown.into_iter().chain([event])
        }))
    }
}
