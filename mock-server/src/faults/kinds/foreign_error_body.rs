//! A refusal in the words of another service.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::FaultEffect;
use crate::faults::descriptor::SAME;
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::{Answer, Content};

/// A refusal in the words of another service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ForeignErrorBody {}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "foreign-error-body",
    what: "Refusals have an OpenAI-like body and no x-amzn-ErrorType; answers that are no refusals stay as they are",
    reach: Reach::Any,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "foreign-error-body"}"#,
};

impl FaultEffect for ForeignErrorBody {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn apply_to_answer(&self, answer: &mut Answer, _context: &FaultContext<'_>) {
        let Content::Bytes(bytes) = &answer.content else {
            return;
        };
        if answer.status < 400 {
            return;
        }
        let body: Value = serde_json::from_slice(bytes).unwrap_or_default();
        let said = ["message", "Message"].iter().find_map(|m| body.get(m));
        let error =
            json!({ "message": said, "type": "error", "param": null, "code": answer.status });
        let body = json!({ "error": error }).to_string();
        answer.content = Content::Bytes(body.into());
        answer.content_type = Some("application/json".into());
        answer
            .headers
            .retain(|(name, _)| *name != "x-amzn-ErrorType");
    }
}
