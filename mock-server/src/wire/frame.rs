//! Event-stream frames, encoded.
//!
//! Layout (smithy.io, "Amazon Event Stream Specification"): total length and header length as
//! big-endian u32, CRC-32 of those eight bytes, headers, payload, CRC-32 of all before it.

/// Header value type for strings; the service uses no other one in answers.
const STRING: u8 = 7;

/// Prelude, its CRC and the message CRC, bytes.
const OVERHEAD: usize = 16;

/// Encodes one frame with string headers in the given order. Header names are at most 255 bytes
/// and values at most 65,535; the service's are far below, longer ones are cut at that limit.
pub fn encode(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let header_length: usize = headers
        .iter()
        .map(|(n, v)| 4 + n.len().min(255) + v.len().min(65_535))
        .sum();
    let total = OVERHEAD + header_length + payload.len();
    let mut out = Vec::with_capacity(total);
    out.extend_from_slice(&(total as u32).to_be_bytes());
    out.extend_from_slice(&(header_length as u32).to_be_bytes());
    out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
    for (name, value) in headers {
        let name = &name.as_bytes()[..name.len().min(255)];
        let value = &value.as_bytes()[..value.len().min(65_535)];
        out.push(name.len() as u8);
        out.extend_from_slice(name);
        out.push(STRING);
        out.extend_from_slice(&(value.len() as u16).to_be_bytes());
        out.extend_from_slice(value);
    }
    out.extend_from_slice(payload);
    out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
    out
}

/// An event frame, its headers in the order of every recorded one.
pub fn event(name: &str, payload: &[u8]) -> Vec<u8> {
    encode(
        &[
            (":event-type", name),
            (":content-type", "application/json"),
            (":message-type", "event"),
        ],
        payload,
    )
}

/// An exception frame, likewise.
pub fn exception(name: &str, payload: &[u8]) -> Vec<u8> {
    encode(
        &[
            (":exception-type", name),
            (":content-type", "application/json"),
            (":message-type", "exception"),
        ],
        payload,
    )
}

/// Makes the message checksum of a changed frame right again.
pub fn reseal(frame: &mut [u8]) {
    if let Some(at) = frame.len().checked_sub(4) {
        let crc = crc32fast::hash(&frame[..at]);
        frame[at..].copy_from_slice(&crc.to_be_bytes());
    }
}

/// Makes both checksums of a frame with changed lengths right again.
pub fn reseal_prelude(frame: &mut [u8]) {
    if frame.len() >= OVERHEAD {
        let crc = crc32fast::hash(&frame[..8]);
        frame[8..12].copy_from_slice(&crc.to_be_bytes());
        reseal(frame);
    }
}

#[cfg(test)]
mod tests {
    //! The oracle is the published vectors of the Smithy event-stream implementation.
    use super::*;

    fn vector(name: &str) -> Vec<u8> {
        let path = format!(
            "{}/../fixtures/vectors/event-stream/{name}",
            env!("CARGO_MANIFEST_DIR")
        );
        std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    #[test]
    fn a_frame_without_headers_equals_the_published_one() {
        let published = vector("valid_no_headers");
        let payload = &published[12..published.len() - 4];
        assert_eq!(encode(&[], payload), published);
    }

    #[test]
    fn an_empty_payload_equals_the_published_one() {
        let published = vector("valid_empty_payload");
        // The vector holds one string header; name and value are read from its bytes.
        let header_length = u32::from_be_bytes(published[4..8].try_into().unwrap()) as usize;
        let headers = &published[12..12 + header_length];
        let mut at = 0;
        let mut read = Vec::new();
        while at < headers.len() {
            let n = headers[at] as usize;
            let name = std::str::from_utf8(&headers[at + 1..at + 1 + n]).unwrap();
            at += 1 + n;
            if headers[at] != STRING {
                // Other header types never leave this mock.
                return;
            }
            let length = u16::from_be_bytes(headers[at + 1..at + 3].try_into().unwrap()) as usize;
            read.push((
                name,
                std::str::from_utf8(&headers[at + 3..at + 3 + length]).unwrap(),
            ));
            at += 3 + length;
        }
        assert_eq!(encode(&read, &[]), published);
    }
}
