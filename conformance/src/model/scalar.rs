//! Scalars as paths, queries, headers and forms have them.

use serde_json::Value;

/// Returns a scalar as it is written in a path, a query, a header or a form.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
