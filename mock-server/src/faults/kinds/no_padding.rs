//! Events without the padding member `p`.

use serde::{Deserialize, Serialize};

use super::Breaks;
use crate::faults::descriptor::SAME;
use crate::faults::{About, Reach, Site};
use crate::wire::event::{Event, Source};

/// Events without the padding member `p`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct NoPadding {}

/// What it says about itself.
pub const ABOUT: About = About {
    name: "no-padding",
    what: "Events have no padding member `p`",
    reach: Reach::Streams,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "no-padding"}"#,
};

impl Breaks for NoPadding {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn events(&self, source: Source, _site: &Site<'_>) -> Source {
        Box::new(source.map(|event| Event {
            bare: true,
            ..event
        }))
    }
}
