//! Server-sent events, as far as Bedrock-shaped streams use them: `data:` lines, blank line.

use std::time::Duration;

use serde_json::Value;

use super::event::{Event, EventKind, Framed, provider_name};
use super::text::quoted;

/// Whether a body can only be meant as these events: no frame begins like a field's name.
pub(super) fn looks_like(body: &[u8]) -> bool {
    [&b"data:"[..], b"event:", b"id:", b"retry:", b": "]
        .iter()
        .any(|field| body.starts_with(field))
}

/// Reads the events.
pub(super) fn events(body: &[u8], at: impl Fn(usize) -> Duration) -> Framed {
    let mut events = Vec::new();
    let mut data: Vec<&[u8]> = Vec::new();
    let mut offset = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        offset += line.len();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(value) = line.strip_prefix(b"data:") {
            data.push(value.strip_prefix(b" ").unwrap_or(value));
        } else if line.is_empty() && !data.is_empty() {
            let joined = data.join(&b"\n"[..]);
            data.clear();
            let body = serde_json::from_slice::<Value>(&joined).ok();
            let name = match &body {
                Some(body) => provider_name(body),
                None => String::from_utf8_lossy(&joined).into_owned(),
            };
            events.push(Event {
                name,
                kind: EventKind::Event,
                wrong_headers: None,
                body,
                end: offset,
                at: at(offset),
            });
        } else if !line.is_empty()
            && ![&b"event:"[..], b"id:", b"retry:", b":"]
                .iter()
                .any(|field| line.starts_with(field))
        {
            let line = String::from_utf8_lossy(line).into_owned();
            return Framed::Broken(events, format!("{} is no line of an event", quoted(&line)));
        }
    }
    if data.is_empty() {
        Framed::Whole(events)
    } else {
        Framed::Broken(
            events,
            "the last event has no blank line behind it".to_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> (Vec<String>, bool) {
        let framed = events(text.as_bytes(), |_| Duration::ZERO);
        let names = framed
            .events()
            .iter()
            .map(|event| event.name.clone())
            .collect();
        (names, matches!(framed, Framed::Whole(_)))
    }

    #[test]
    fn data_lines_are_events() {
        let text =
            ": hi\r\ndata: {\"a\":1}\r\n\r\nevent: x\ndata: {\"b\":\ndata: 2}\n\ndata: [DONE]\n\n";
        assert_eq!(
            names(text),
            (vec!["a".into(), "b".into(), "[DONE]".into()], true)
        );
        assert!(!names("data: {\"a\":1}\n").1);
        assert!(!names("{\"a\":1}\n\n").1);
    }
}
