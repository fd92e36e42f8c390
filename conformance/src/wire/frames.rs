//! Event-stream frames: prelude, checksums, typed headers, payload. Pure, over bytes.

use std::fmt;

use super::crc::crc32;

/// One frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Headers in order.
    pub headers: Vec<(String, HeaderValue)>,
    /// Payload.
    pub payload: Vec<u8>,
}

/// A header's value by its type number.
#[derive(Debug, Clone, PartialEq)]
pub enum HeaderValue {
    /// 0 and 1.
    Bool(bool),
    /// 2.
    Byte(i8),
    /// 3.
    Short(i16),
    /// 4.
    Integer(i32),
    /// 5.
    Long(i64),
    /// 6.
    Bytes(Vec<u8>),
    /// 7.
    String(String),
    /// 8: milliseconds since 1970.
    Timestamp(i64),
    /// 9.
    Uuid([u8; 16]),
}

impl HeaderValue {
    /// Its type, in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a truth value",
            Self::Byte(_) => "a byte",
            Self::Short(_) | Self::Integer(_) | Self::Long(_) => "a number",
            Self::Bytes(_) => "bytes",
            Self::String(_) => "a string",
            Self::Timestamp(_) => "a time",
            Self::Uuid(_) => "a UUID",
        }
    }
}

/// What is wrong with a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameError {
    /// Bytes end within it.
    Incomplete,
    /// Its lengths contradict each other.
    Lengths(String),
    /// The prelude's checksum is wrong.
    PreludeChecksum,
    /// The frame's checksum is wrong.
    MessageChecksum,
    /// A header is not built as headers are.
    Header(String),
}

impl fmt::Display for FrameError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete => out.write_str("the bytes end within a frame"),
            Self::Lengths(what) => write!(out, "its lengths are wrong: {what}"),
            Self::PreludeChecksum => out.write_str("the prelude's checksum is wrong"),
            Self::MessageChecksum => out.write_str("the frame's checksum is wrong"),
            Self::Header(what) => write!(out, "a header is malformed: {what}"),
        }
    }
}

impl std::error::Error for FrameError {}

const PRELUDE: usize = 12;
/// The service's own limits: 24 MiB of payload, 128 KiB of headers.
const LARGEST: usize = 24 * 1024 * 1024 + 128 * 1024 + PRELUDE + 4;

/// Reads the first frame and says how many bytes it took.
///
/// # Errors
/// What is wrong with it.
pub fn decode(bytes: &[u8]) -> Result<(Frame, usize), FrameError> {
    let prelude = bytes.get(..PRELUDE).ok_or(FrameError::Incomplete)?;
    let total = number(&prelude[..4]);
    let headers = number(&prelude[4..8]);
    if crc32(&prelude[..8]) as usize != number(&prelude[8..12]) {
        return Err(FrameError::PreludeChecksum);
    }
    if total > LARGEST || headers.saturating_add(PRELUDE + 4) > total {
        return Err(FrameError::Lengths(format!(
            "{total} bytes in all, {headers} of them headers"
        )));
    }
    let message = bytes.get(..total).ok_or(FrameError::Incomplete)?;
    let (checked, checksum) = message.split_at(total - 4);
    if crc32(checked) as usize != number(checksum) {
        return Err(FrameError::MessageChecksum);
    }
    let (headers, payload) = checked[PRELUDE..].split_at(headers);
    let frame = Frame {
        headers: read_headers(headers)?,
        payload: payload.to_vec(),
    };
    Ok((frame, total))
}

fn number(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | usize::from(*byte))
}

fn read_headers(mut rest: &[u8]) -> Result<Vec<(String, HeaderValue)>, FrameError> {
    let mut out = Vec::new();
    while !rest.is_empty() {
        let length = usize::from(take(&mut rest, 1)?[0]);
        if length == 0 {
            return Err(FrameError::Header("its name is empty".to_owned()));
        }
        let name = text(take(&mut rest, length)?)?;
        let kind = take(&mut rest, 1)?[0];
        let value = match kind {
            0 => HeaderValue::Bool(true),
            1 => HeaderValue::Bool(false),
            2 => HeaderValue::Byte(i8::from_be_bytes(fixed(&mut rest)?)),
            3 => HeaderValue::Short(i16::from_be_bytes(fixed(&mut rest)?)),
            4 => HeaderValue::Integer(i32::from_be_bytes(fixed(&mut rest)?)),
            5 => HeaderValue::Long(i64::from_be_bytes(fixed(&mut rest)?)),
            6 | 7 => {
                let length = number(take(&mut rest, 2)?);
                let bytes = take(&mut rest, length)?;
                if kind == 6 {
                    HeaderValue::Bytes(bytes.to_vec())
                } else {
                    HeaderValue::String(text(bytes)?)
                }
            }
            8 => HeaderValue::Timestamp(i64::from_be_bytes(fixed(&mut rest)?)),
            9 => HeaderValue::Uuid(fixed(&mut rest)?),
            _ => return Err(FrameError::Header(format!("{name} has the type {kind}"))),
        };
        out.push((name, value));
    }
    Ok(out)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], FrameError> {
    let (taken, left) = rest
        .split_at_checked(length)
        .ok_or_else(|| FrameError::Header("it ends within a name or value".to_owned()))?;
    *rest = left;
    Ok(taken)
}

fn fixed<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], FrameError> {
    let mut out = [0; N];
    out.copy_from_slice(take(rest, N)?);
    Ok(out)
}

fn text(bytes: &[u8]) -> Result<String, FrameError> {
    String::from_utf8(bytes.to_vec())
        .map_err(|_| FrameError::Header("a name or value is no UTF-8".to_owned()))
}
