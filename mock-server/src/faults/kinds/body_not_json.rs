//! A body that is a web page.

use serde::{Deserialize, Serialize};

use super::Breaks;
use crate::faults::descriptor::SAME;
use crate::faults::{About, Reach, Site};
use crate::wire::{Answer, Content};

/// A body that is a web page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct BodyNotJson {}

/// What it says about itself.
pub const ABOUT: About = About {
    name: "body-not-json",
    what: "The body is a proxy's web page though the head announces what the operation gives",
    reach: Reach::Whole,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "body-not-json"}"#,
};

impl Breaks for BodyNotJson {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn dress(&self, answer: &mut Answer, _site: &Site<'_>) {
        answer.content = Content::Bytes(PAGE.into());
    }
}

const PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>502 Bad Gateway</body>\r\n</html>\r\n";
