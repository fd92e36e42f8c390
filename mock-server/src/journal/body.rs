//! A copied, bounded body.
//!
//! Always a copy: a slice of the HTTP library's buffer would keep the whole buffer alive.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A body, as far as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    kept: Box<[u8]>,
    size: u64,
}

impl Body {
    /// Copies at most `limit` bytes.
    pub fn copy(bytes: &[u8], limit: usize) -> Self {
        Self {
            kept: bytes[..bytes.len().min(limit)].into(),
            size: bytes.len() as u64,
        }
    }

    /// The first bytes of a body of some size.
    pub(super) fn start_of(kept: Vec<u8>, size: u64) -> Self {
        Self {
            kept: kept.into_boxed_slice(),
            size,
        }
    }

    /// What is kept: the body's first bytes.
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }

    /// Bytes of the whole body.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether it had more bytes than are kept.
    pub fn truncated(&self) -> bool {
        (self.kept.len() as u64) < self.size
    }

    /// The body as JSON, if it is whole and JSON.
    pub fn json(&self) -> Option<Value> {
        match self.truncated() {
            true => None,
            false => serde_json::from_slice(&self.kept).ok(),
        }
    }

    /// What is kept as text, if it is UTF-8; a character that was cut in half at the end is left out.
    pub fn text(&self) -> Option<&str> {
        match std::str::from_utf8(&self.kept) {
            Ok(text) => Some(text),
            Err(e) if self.truncated() && e.error_len().is_none() => {
                std::str::from_utf8(&self.kept[..e.valid_up_to()]).ok()
            }
            Err(_) => None,
        }
    }

    /// `{size, truncated, json | text | base64}`; nothing but the size of an empty one.
    pub fn to_json(&self) -> Value {
        let mut out = json!({ "size": self.size, "truncated": self.truncated() });
        if self.kept.is_empty() {
            return out;
        }
        if let Some(value) = self.json() {
            out["json"] = value;
        } else if let Some(text) = self.text() {
            out["text"] = text.into();
        } else {
            out["base64"] = STANDARD.encode(&self.kept).into();
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form() {
        let json = Body::copy(br#"{"a":1}"#, 100);
        assert_eq!(
            json.to_json(),
            json!({"size": 7, "truncated": false, "json": {"a": 1}})
        );
        let text = Body::copy("{\"ä\":1}".as_bytes(), 3);
        assert_eq!(
            text.to_json(),
            json!({"size": 8, "truncated": true, "text": "{\""})
        );
        let bytes = Body::copy(&[0xff, 0], 100);
        assert_eq!(
            bytes.to_json(),
            json!({"size": 2, "truncated": false, "base64": "/wA="})
        );
        assert_eq!(
            Body::default().to_json(),
            json!({"size": 0, "truncated": false})
        );
    }
}
