//! A body that is a web page.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::SAME;
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::{Answer, Content};

/// A body that is a web page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct BodyNotJson {}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "body-not-json",
    what: "The body is a proxy's web page though the head announces what the operation gives",
    reach: Reach::Whole,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "body-not-json"}"#,
};

impl FaultEffect for BodyNotJson {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn apply_to_answer(&self, answer: &mut Answer, _context: &FaultContext<'_>) {
        answer.content = Content::Bytes(PAGE.into());
    }
}

const PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>502 Bad Gateway</body>\r\n</html>\r\n";
