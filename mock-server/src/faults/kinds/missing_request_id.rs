//! A head without a request id.

use serde::{Deserialize, Serialize};

use super::Breaks;
use crate::faults::descriptor::SAME;
use crate::faults::{About, Plan, Reach};

/// A head without a request id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct MissingRequestId {}

/// What it says about itself.
pub const ABOUT: About = About {
    name: "missing-request-id",
    what: "The head has no x-amzn-RequestId",
    reach: Reach::Any,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "missing-request-id"}"#,
};

impl Breaks for MissingRequestId {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn plan(&self, plan: &mut Plan, _length: Option<usize>) {
        plan.no_request_id = true;
    }
}
