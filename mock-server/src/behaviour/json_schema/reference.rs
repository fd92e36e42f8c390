//! Where a `$ref` leads: into the same document, by pointer, anchor or id. Nothing is fetched.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Context;

/// Subschemas that are looked through for names.
const LOOKED_AT: usize = 100_000;

impl<'a> Context<'a> {
    /// The schema that a reference names.
    pub(super) fn resolve(&self, reference: &str) -> Option<&'a Value> {
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let root = self.document.get("$id").and_then(Value::as_str);
        let start = match base {
            "" => self.document,
            base if root == Some(base) => self.document,
            base => self.named(base)?,
        };
        let fragment = percent_decode_str(fragment).decode_utf8().ok()?;
        match &*fragment {
            "" => Some(start),
            pointer if pointer.starts_with('/') => start.pointer(pointer),
            anchor => self.named(&format!("#{anchor}")),
        }
    }

    fn named(&self, name: &str) -> Option<&'a Value> {
        self.names
            .get_or_init(|| names(self.document))
            .get(name)
            .copied()
    }
}

/// Everything that has a name of its own.
fn names(document: &Value) -> HashMap<String, &Value> {
    let mut out = HashMap::new();
    let mut open = vec![document];
    for _ in 0..LOOKED_AT {
        let Some(value) = open.pop() else { break };
        match value {
            Value::Object(members) => {
                for (key, prefix) in [
                    ("$anchor", "#"),
                    ("$dynamicAnchor", "#"),
                    ("$id", ""),
                    ("id", ""),
                ] {
                    if let Some(Value::String(name)) = members.get(key) {
                        out.entry(format!("{prefix}{name}")).or_insert(value);
                    }
                }
                open.extend(members.values());
            }
            Value::Array(entries) => open.extend(entries),
            _ => {}
        }
    }
    out
}
