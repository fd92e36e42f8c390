//! Usage that counts nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Breaks;
use crate::faults::descriptor::SAME;
use crate::faults::{About, Reach, Site};
use crate::wire::event::Source;
use crate::wire::{Answer, Content};

/// Usage that counts nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ZeroUsage {}

/// What it says about itself.
pub const ABOUT: About = About {
    name: "zero-usage",
    what: "Every count of tokens in the answer is 0, and so are the latencies",
    reach: Reach::Any,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "zero-usage"}"#,
};

impl Breaks for ZeroUsage {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn reaches(&self, site: &Site<'_>) -> bool {
        matches!(
            &*site.operation.name,
            "Converse" | "ConverseStream" | "InvokeModel" | "CountTokens"
        )
    }

    fn dress(&self, answer: &mut Answer, _site: &Site<'_>) {
        for (name, value) in &mut answer.headers {
            if name.ends_with("-Token-Count") || name.ends_with("-Latency") {
                *value = "0".into();
            }
        }
        if let Content::Bytes(bytes) = &answer.content
            && let Ok(mut body) = serde_json::from_slice::<Value>(bytes)
        {
            zero(&mut body);
            answer.content = Content::Bytes(body.to_string().into());
        }
    }

    fn events(&self, source: Source, _site: &Site<'_>) -> Source {
        Box::new(source.map(|mut event| {
            if event.name == "metadata" {
                zero(&mut event.payload);
            }
            event
        }))
    }
}

/// Sets counts to 0 where the service's and the providers' bodies have them.
fn zero(body: &mut Value) {
    for object in ["usage", "metrics"] {
        let members = body.get_mut(object).and_then(Value::as_object_mut);
        for (_, value) in members.into_iter().flatten() {
            if value.is_number() {
                *value = 0.into();
            }
        }
    }
    if let Some(count) = body.get_mut("inputTokens") {
        *count = 0.into();
    }
}
