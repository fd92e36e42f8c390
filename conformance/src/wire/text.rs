//! What a target sent, as messages show it.

/// The beginning of what a target sent, as JSON writes it.
pub(super) fn quoted(text: &str) -> String {
    let start: String = text.chars().take(80).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    format!("{}{more}", serde_json::Value::from(start))
}
