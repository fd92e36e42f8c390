//! `raw`: an answer as it is, for any operation: exact bytes, or an exact list of events.

use base64::Engine as _;
use bytes::Bytes;
use serde_json::Value;

use super::node::{Node, Read};

/// Headers that the connection needs for itself.
const OWN_HEADERS: &[&str] = &["connection", "content-length", "date", "transfer-encoding"];

/// Most bytes of a raw body.
const MOST: usize = 8 * 1024 * 1024;

/// An answer as it is.
#[derive(Debug, Clone)]
pub struct Raw {
    /// HTTP status.
    pub status: u16,
    /// Headers behind the ones that every answer has.
    pub headers: Vec<(String, String)>,
    /// What it holds.
    pub content: RawContent,
}

/// What a raw answer holds.
#[derive(Debug, Clone)]
pub enum RawContent {
    /// These bytes.
    Body(Bytes),
    /// These events, framed, with nothing added to their payloads.
    Events(Vec<RawEvent>),
}

/// One event of a raw answer.
#[derive(Debug, Clone)]
pub struct RawEvent {
    /// `:event-type`, or `:exception-type`.
    pub name: String,
    /// It is an exception.
    pub exception: bool,
    /// Its payload.
    pub payload: Bytes,
}

impl Raw {
    /// Reads `{"status", "headers", "body" | "bodyBase64" | "events"}`.
    pub fn read(node: &Node<'_>) -> Read<Self> {
        node.object(
            "raw",
            &["status", "headers", "body", "bodyBase64", "events"],
        )?;
        let status = match node.at("status") {
            Some(status) => u16::try_from(status.number("status", 200, 599)?).unwrap_or(200),
            None => 200,
        };
        let headers = node.at("headers").map(|given| read_headers(&given));
        Ok(Self {
            status,
            headers: headers.transpose()?.unwrap_or_default(),
            content: RawContent::read(node)?,
        })
    }
}

fn read_headers(node: &Node<'_>) -> Read<Vec<(String, String)>> {
    let mut headers = Vec::new();
    for name in node.any_object("headers")?.keys() {
        let Some(value) = node.at(name) else {
            return Err(node.wrong(format!("{name} is null: leave it out instead")));
        };
        let text = value.text("a header")?;
        let bad = http::HeaderName::try_from(name.as_str()).is_err()
            || http::HeaderValue::try_from(text).is_err();
        if bad {
            return Err(value.wrong(format!("{name}: {text:?} is no HTTP header")));
        }
        if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(value.wrong(format!(
                "{name} is what the connection says for itself; leave it out"
            )));
        }
        headers.push((name.clone(), text.to_owned()));
    }
    Ok(headers)
}

impl RawContent {
    fn read(node: &Node<'_>) -> Read<Self> {
        match (node.at("body"), node.at("bodyBase64"), node.at("events")) {
            (Some(body), None, None) => bounded(&body, bytes_of(body.value)).map(Self::Body),
            (None, Some(body), None) => {
                let text = body.text("bodyBase64")?;
                let bytes = base64::engine::general_purpose::STANDARD.decode(text);
                let bytes =
                    bytes.map_err(|e| body.wrong(format!("bodyBase64 is no base64: {e}")))?;
                bounded(&body, bytes.into()).map(Self::Body)
            }
            (None, None, Some(events)) => {
                let events = events.list("events")?;
                events
                    .iter()
                    .map(RawEvent::read)
                    .collect::<Read<_>>()
                    .map(Self::Events)
            }
            (None, None, None) => Ok(Self::Body(Bytes::new())),
            _ => Err(node.wrong("raw holds one of body, bodyBase64, events")),
        }
    }
}

impl RawEvent {
    fn read(node: &Node<'_>) -> Read<Self> {
        node.object("an event", &["event", "exception", "payload"])?;
        let (name, exception) = match (node.at("event"), node.at("exception")) {
            (Some(name), None) => (name.text("event")?, false),
            (None, Some(name)) => (name.text("exception")?, true),
            _ => {
                return Err(node.wrong(
                    "an event is {\"event\": \"contentBlockDelta\", \"payload\": {…}}, or has exception in place of event",
                ));
            }
        };
        if name.is_empty() || name.len() > 255 {
            return Err(node.wrong("the name of an event has 1 to 255 bytes"));
        }
        let payload = node
            .at("payload")
            .map(|p| bytes_of(p.value))
            .unwrap_or_default();
        Ok(Self {
            name: name.into(),
            exception,
            payload: bounded(node, payload)?,
        })
    }
}

/// A text as it is, anything else as compact JSON in the order in which it was written.
fn bytes_of(value: &Value) -> Bytes {
    match value {
        Value::String(text) => text.clone().into(),
        other => other.to_string().into(),
    }
}

fn bounded(node: &Node<'_>, bytes: Bytes) -> Read<Bytes> {
    match bytes.len() > MOST {
        true => Err(node.wrong(format!("at most {MOST} bytes, this has {}", bytes.len()))),
        false => Ok(bytes),
    }
}
