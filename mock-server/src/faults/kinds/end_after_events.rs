//! A stream that ends early, as if it were complete.

use serde::{Deserialize, Serialize};

use super::Breaks;
use crate::faults::descriptor::required;
use crate::faults::{About, Reach, Site};
use crate::wire::event::Source;

/// A stream that ends early, as if it were complete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EndAfterEvents {
    /// How many events are sent.
    pub events: usize,
}

/// What it says about itself.
pub const ABOUT: About = About {
    name: "end-after-events",
    what: "The stream ends properly after so many events, whatever was still to come",
    reach: Reach::Streams,
    parameters: &[required("events", "how many events are sent, 0 for none")],
    http1: "the last chunk follows",
    h2: "END_STREAM",
    example: r#"{"kind": "end-after-events", "events": 3}"#,
};

impl Breaks for EndAfterEvents {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn events(&self, source: Source, _site: &Site<'_>) -> Source {
        Box::new(source.take(self.events))
    }
}
