//! A refusal in the words of another service.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Breaks;
use crate::faults::descriptor::SAME;
use crate::faults::{About, Reach, Site};
use crate::wire::{Answer, Content};

/// A refusal in the words of another service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ForeignErrorBody {}

/// What it says about itself.
pub const ABOUT: About = About {
    name: "foreign-error-body",
    what: "Refusals have an OpenAI-like body and no x-amzn-ErrorType; answers that are no refusals stay as they are",
    reach: Reach::Any,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "foreign-error-body"}"#,
};

impl Breaks for ForeignErrorBody {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn dress(&self, answer: &mut Answer, _site: &Site<'_>) {
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
