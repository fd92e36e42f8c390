//! Events under a wrong name.

use serde::{Deserialize, Serialize};

use super::Breaks;
use super::which::check_name;
use crate::faults::descriptor::{SAME, optional};
use crate::faults::{About, Reach, Site};
use crate::wire::event::Source;

/// Events under a wrong name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct WrongEventType {
    /// The name; `chunk` if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What it says about itself.
pub const ABOUT: About = About {
    name: "wrong-event-type",
    what: "The name of every event is another one",
    reach: Reach::Streams,
    parameters: &[optional(
        "name",
        "the name that all events get, at most 255 bytes (default: chunk)",
    )],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "wrong-event-type", "name": "chunk"}"#,
};

impl Breaks for WrongEventType {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn check(&self) -> Result<(), String> {
        check_name(self.name.as_ref())
    }

    fn events(&self, source: Source, _site: &Site<'_>) -> Source {
        let name = self.name.clone().unwrap_or_else(|| "chunk".into());
        Box::new(source.map(move |mut event| {
            if !event.exception {
                event.name = name.clone().into();
            }
            event
        }))
    }
}
