//! Cassettes of other recorders as recordings: vcrpy (Python), VCR (Ruby) and nock (Node.js).
//!
//! Their shape identifies them, since each can be stored as YAML or JSON. A recording's `fidelity`
//! states what its recorder loses, so that only what was recorded is compared.

mod nock;
mod vcr;
mod yaml;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::error::RecordingError;

pub(super) use yaml::read as read_yaml;
pub(super) use yaml::{BINARY, LARGEST};

/// Returns the exchanges of a cassette, in order, or nothing if the value is not a cassette.
///
/// # Errors
/// When an exchange lacks what its recorder always writes.
pub(super) fn exchanges(value: &Value) -> Option<Result<Vec<Value>, RecordingError>> {
    let list = |name: &str| value.get(name).and_then(Value::as_array);
    if let Some(all) = list("interactions").or_else(|| list("http_interactions")) {
        return Some(each(all, vcr::exchange));
    }
    let all = value.as_array()?;
    Some(each(all, nock::exchange))
}

fn each(
    all: &[Value],
    read: fn(&Value) -> Result<Value, &'static str>,
) -> Result<Vec<Value>, RecordingError> {
    all.iter()
        .enumerate()
        .map(|(number, one)| {
            read(one).map_err(|lacks| RecordingError::Incomplete { number, lacks })
        })
        .collect()
}

/// A request and an answer as a recording has them.
struct Parts<'a> {
    method: &'a str,
    host: &'a str,
    path: &'a str,
    sent: Vec<(String, String)>,
    body: Vec<u8>,
    status: u64,
    headers: Vec<(String, String)>,
    answer: Vec<u8>,
    /// Names and order of the answer's headers are the wire's.
    wire: bool,
}

impl Parts<'_> {
    fn recording(&self, recorder: &str) -> Value {
        let kept = if self.wire { "wire" } else { "lost" };
        let body = match self.body.is_empty() {
            true => Value::Null,
            false => STANDARD.encode(&self.body).into(),
        };
        json!({
            "source": {"repo": recorder},
            "fidelity": {"header_order": kept, "header_case": kept, "body": "exact"},
            "request": {
                "method": self.method.to_ascii_uppercase(), "host": self.host, "path": self.path,
                "headers": self.sent, "body_encoding": "base64", "body": body,
            },
            "response": {
                "status": self.status, "headers": self.headers,
                "body_encoding": "base64", "body": STANDARD.encode(&self.answer),
            },
        })
    }
}

/// `https://host:443/path?query` → host and what follows it.
fn address(url: &str) -> Option<(&str, &str)> {
    let (_, rest) = url.split_once("://")?;
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority
        .split_once(':')
        .map_or(authority, |(host, _)| host);
    Some((host, if path.is_empty() { "/" } else { path }))
}
