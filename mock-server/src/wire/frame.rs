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

/// Encodes an event frame, with the headers of every recorded one in their order.
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

/// Encodes an exception frame, with the headers of every recorded one in their order.
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
    //! The oracles are Amazon's own encoder and a published vector of it.
    use aws_smithy_eventstream::frame::write_message_to;
    use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
    use rstest::rstest;

    use super::*;

    /// Returns the frame as Amazon's encoder writes it.
    fn by_amazon(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
        let start = Message::new(payload.to_vec());
        let message = headers.iter().fold(start, |message, (name, value)| {
            let value = HeaderValue::String((*value).to_owned().into());
            message.add_header(Header::new((*name).to_owned(), value))
        });
        let mut out = Vec::new();
        write_message_to(&message, &mut out).unwrap();
        out
    }

    #[test]
    fn a_frame_without_headers_equals_the_published_one() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../fixtures/vectors/event-stream/valid_no_headers"
        );
        let published = std::fs::read(path).unwrap();
        let payload = &published[12..published.len() - 4];
        assert_eq!(encode(&[], payload), published);
    }

    #[rstest]
    #[case::empty(&[], "")]
    #[case::no_payload(&[("a", "b")], "")]
    #[case::no_headers(&[], "{}")]
    #[case::empty_value(&[("name", "")], "payload")]
    #[case::not_ascii(&[("name", "größe")], "grüße")]
    #[case::longest_header(&[(&*"n".repeat(255), &*"v".repeat(32_767))], "payload")]
    fn frames_equal_those_of_amazons_encoder(
        #[case] headers: &[(&str, &str)],
        #[case] payload: &str,
    ) {
        let payload = payload.as_bytes();
        assert_eq!(encode(headers, payload), by_amazon(headers, payload));
    }

    #[test]
    fn events_and_exceptions_equal_those_of_amazons_encoder() {
        for (kind, frame) in [
            ("event", event("messageStart", b"{}")),
            ("exception", exception("messageStart", b"{}")),
        ] {
            let name = format!(":{kind}-type");
            let headers = [
                (&*name, "messageStart"),
                (":content-type", "application/json"),
                (":message-type", kind),
            ];
            assert_eq!(frame, by_amazon(&headers, b"{}"), "{kind}");
        }
    }
}
