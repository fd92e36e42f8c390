//! `additionalModelResponseFieldPaths`: members of the provider's own answer, told beside Converse's.
//!
//! The provider's answer is the one that InvokeModel would give. Fields come back at the place that
//! their pointer names; a path that points at nothing is left out (documented).

use serde_json::{Map, Value, json};

use super::request::Answered;
use crate::json::Json as _;
use crate::ops::Call;
use crate::providers::{Request, Said, dialect};

impl Answered<'_> {
    /// What a script says, or the fields that the request asks for.
    pub(super) fn additional_fields(&self, call: &Call<'_>) -> Option<Value> {
        if let Some(additional) = self.reply.said.as_ref().and_then(|s| s.additional.clone()) {
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
    whole: Value,
    /// What of it only streams tell; clients ask for `/delta/stop_sequence` of Claude in whole
    /// answers too (vercel/ai), so the service finds it there.
    told_last: Vec<Value>,
}

/// Chunks at the end of a stream in which a field is looked for.
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
        let mut told_last = Vec::with_capacity(LAST + 1);
        for chunk in dialect
            .chunks
            .into_iter()
            .flat_map(|chunks| chunks(&request, reply.clone()))
        {
            told_last.push(chunk);
            if told_last.len() > LAST {
                told_last.remove(0);
            }
        }
        let whole = (dialect.render)(&request, &Said::Reply(reply));
        Some(Self { whole, told_last })
    }

    fn find(&self, path: &str) -> Option<&Value> {
        let told = || self.told_last.iter().rev().find_map(|c| c.pointer(path));
        self.whole.pointer(path).or_else(told)
    }
}

/// Puts a value where a pointer names, making the objects on the way. Entries of lists become
/// members named by their index.
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
