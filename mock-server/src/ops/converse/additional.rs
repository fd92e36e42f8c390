//! `additionalModelResponseFieldPaths`: members of the provider's own answer, told beside Converse's.
//!
//! The provider's answer is the one that InvokeModel would give. Fields come back at the place that
//! their pointer names; a path that points at nothing is left out (documented).

use serde_json::{Map, Value, json};

use super::request::Answered;
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
            .get("additionalModelResponseFieldPaths")?;
        let native = self.native(call)?;
        let mut out = json!({});
        for path in paths.as_array()?.iter().filter_map(Value::as_str) {
            if let Some(value) = native.pointer(path) {
                place(&mut out, path, value);
            }
        }
        out.as_object()
            .is_some_and(|o| !o.is_empty())
            .then_some(out)
    }

    fn native(&self, call: &Call<'_>) -> Option<Value> {
        let body = Value::Object(Map::new());
        let dialect = dialect(&self.resolved.id, &body)?;
        let request = Request {
            model: &self.resolved.id,
            body: &body,
            seed: call.request.seed(),
            now: u64::try_from(call.app.now_seconds()).unwrap_or_default(),
            family: self.resolved.family,
            stream: false,
        };
        Some((dialect.render)(&request, &Said::Reply(self.reply.clone())))
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
