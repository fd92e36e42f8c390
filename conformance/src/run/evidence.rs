//! An exchange as an event file keeps it: headers without credentials, bodies as text or base64.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::events::{BodyRecord, WireRecord};
use crate::wire::Exchange;

/// Bytes of a body that are kept.
const KEPT: usize = 64 * 1024;

/// Returns the record of an exchange.
pub(crate) fn evidence(exchange: &Exchange) -> WireRecord {
    let mut head = format!("HTTP/1.1 {}\r\n", exchange.status);
    for (name, value) in &exchange.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    WireRecord {
        request_head: without_secrets(&exchange.request_head),
        request_body: body(&exchange.request_body),
        response_head: head,
        response_body: body(&exchange.body),
        chunks: exchange.chunks.len(),
        cut: exchange.cut.clone(),
        first_byte_ms: millis(exchange.first_byte),
        total_ms: millis(exchange.total),
    }
}

fn body(bytes: &[u8]) -> BodyRecord {
    let kept = &bytes[..bytes.len().min(KEPT)];
    let (text, base64) = match std::str::from_utf8(kept) {
        Ok(text) => (Some(text.to_owned()), None),
        Err(_) => (None, Some(STANDARD.encode(kept))),
    };
    BodyRecord {
        bytes: bytes.len(),
        text,
        base64,
    }
}

/// Replaces credentials by `…`: API keys, signatures and session tokens, in headers and queries.
fn without_secrets(head: &str) -> String {
    let mut out = String::new();
    for (index, line) in head.split("\r\n").enumerate() {
        if index > 0 {
            out.push_str("\r\n");
        }
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        match name.to_ascii_lowercase().as_str() {
            "authorization" => {
                let scheme = value.split(' ').next().unwrap_or_default();
                out.push_str(&format!("{name}: {scheme} …"));
            }
            "x-amz-security-token" | "x-api-key" => out.push_str(&format!("{name}: …")),
            _ if index == 0 => out.push_str(&without_query_secrets(line)),
            _ => out.push_str(line),
        }
    }
    out
}

fn without_query_secrets(line: &str) -> String {
    let mut line = line.to_owned();
    for name in ["X-Amz-Signature=", "X-Amz-Security-Token="] {
        if let Some(at) = line.find(name) {
            let from = at + name.len();
            let to = line[from..]
                .find(['&', ' '])
                .map_or(line.len(), |length| from + length);
            line.replace_range(from..to, "…");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_no_secrets() {
        let head = "POST /x?X-Amz-Security-Token=abc&X-Amz-Signature=def HTTP/1.1\r\n\
                    authorization: Bearer ABSKsecret\r\nX-Amz-Security-Token: tok\r\nHost: h\r\n\r\n";
        assert_eq!(
            without_secrets(head),
            "POST /x?X-Amz-Security-Token=…&X-Amz-Signature=… HTTP/1.1\r\n\
             authorization: Bearer …\r\nX-Amz-Security-Token: …\r\nHost: h\r\n\r\n"
        );
    }
}
