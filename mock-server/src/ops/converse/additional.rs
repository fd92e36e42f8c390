//! `additionalModelResponseFieldPaths`: members of the provider's own answer, added to Converse's.
//!
//! The provider's answer is the one that InvokeModel would give. Fields come back at the place that
//! their pointer names; a path that points at nothing is left out (documented).

use serde_json::{Map, Value, json};

use super::request::Answered;
use crate::json::Json as _;
use crate::ops::Call;
use crate::providers::{Request, Said, dialect};

impl Answered<'_> {
    /// Returns the fields that a script gives, or else those that the request names.
    pub(super) fn additional_fields(&self, call: &Call<'_>) -> Option<Value> {
        if let Some(additional) = self
            .reply
            .scripted
            .as_ref()
            .and_then(|s| s.additional.clone())
        {
            return Some(additional);
        }
        let paths = call
            .input
            .members
            .member("additionalModelResponseFieldPaths")?;
        let native = Native::of(self, call)?;
        let mut out = json!({});
        for path in paths.as_array()?.iter().filter_map(Value::as_str) {
            if let Some(value) = native.find(path) {
                place(&mut out, path, value);
            }
        }
        out.as_object()
            .is_some_and(|o| !o.is_empty())
            .then_some(out)
    }
}

/// The provider's answer to the same conversation.
struct Native {
    unary: Value,
    /// Its last chunks as a stream; clients name Claude's `/delta/stop_sequence` in unary requests too
    /// (vercel/ai), so the service finds it there.
    last_chunks: Vec<Value>,
}

/// Number of chunks at the end of a stream that are searched for a field.
const LAST: usize = 4;

impl Native {
    fn of(answered: &Answered<'_>, call: &Call<'_>) -> Option<Self> {
        let body = Value::Object(Map::new());
        let dialect = dialect(&answered.resolved.id, &body)?;
        let request = Request {
            model: &answered.resolved.id,
            body: &body,
            seed: call.request.seed(),
            now: u64::try_from(call.app.clock.now_seconds()).unwrap_or_default(),
            family: answered.resolved.family,
            stream: false,
        };
        let reply = answered.reply.clone();
        let mut last_chunks = Vec::with_capacity(LAST + 1);
        for chunk in dialect
            .chunks
            .into_iter()
            .flat_map(|chunks| chunks(&request, reply.clone()))
        {
            last_chunks.push(chunk);
            if last_chunks.len() > LAST {
                last_chunks.remove(0);
            }
        }
        let unary = (dialect.render)(&request, &Said::Reply(reply));
        Some(Self { unary, last_chunks })
    }

    fn find(&self, path: &str) -> Option<&Value> {
        let streamed = || self.last_chunks.iter().rev().find_map(|c| c.pointer(path));
        self.unary.pointer(path).or_else(streamed)
    }
}

/// Puts a value at a pointer, making the objects on the way. Entries of lists become members named by
/// their index.
fn place(out: &mut Value, path: &str, value: &Value) {
    let mut at = out;
    for part in path.split('/').skip(1) {
        let name = part.replace("~1", "/").replace("~0", "~");
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[name.as_str()];
    }
    *at = value.clone();
}
