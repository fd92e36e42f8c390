//! The SSE form of a ConverseStream answer.
//!
//! The real service never sends it. The founding guide's client asks for `text/event-stream` and
//! reads `data:` lines until `[DONE]`, so that exact Accept value gets this form, marked by a
//! response header as an extension.

use serde_json::Value;

/// Response header that marks the extension.
pub const MARK: (&str, &str) = ("x-mock-deviation", "converse-stream-sse");

/// The last line of the stream.
pub const DONE: &[u8] = b"data: [DONE]\n\n";

/// One event: an object with one key, the event's name, around its sorted payload.
pub fn event(name: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len() + name.len() + 16);
    out.extend_from_slice(b"data: {");
    out.extend_from_slice(Value::from(name).to_string().as_bytes());
    out.push(b':');
    out.extend_from_slice(payload);
    out.extend_from_slice(b"}\n\n");
    out
}
