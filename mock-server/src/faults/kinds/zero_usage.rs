//! Usage that counts nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::FaultEffect;
use crate::faults::descriptor::SAME;
use crate::faults::{Descriptor, FaultContext, Reach};
use crate::wire::event::Source;
use crate::wire::{Answer, Content};

/// Usage that counts nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ZeroUsage {}

/// Describes this kind of fault.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "zero-usage",
    what: "Every count of tokens in the answer is 0, and so are the latencies",
    reach: Reach::Any,
    parameters: &[],
    http1: SAME,
    h2: SAME,
    example: r#"{"kind": "zero-usage"}"#,
};

impl FaultEffect for ZeroUsage {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn reaches(&self, context: &FaultContext<'_>) -> bool {
        context
            .operation
            .known
            .is_some_and(|known| known.reports_usage)
    }

    fn apply_to_answer(&self, answer: &mut Answer, _context: &FaultContext<'_>) {
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

    fn events(&self, source: Source, _context: &FaultContext<'_>) -> Source {
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
