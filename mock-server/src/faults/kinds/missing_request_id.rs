//! A head without a request id.

use serde::{Deserialize, Serialize};

use super::FaultEffect;
use crate::faults::descriptor::SAME;
use crate::faults::{Descriptor, Plan, Reach};

/// A head without a request id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct MissingRequestId {}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "missing-request-id",
    what: "The head has no x-amzn-RequestId",
    reach: Reach::Any,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "missing-request-id"}"#,
};

impl FaultEffect for MissingRequestId {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn plan(&self, plan: &mut Plan, _length: Option<usize>) {
        plan.no_request_id = true;
    }
}
