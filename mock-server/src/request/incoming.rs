//! A request, read whole, without its HTTP library.

use bytes::Bytes;
use http::{HeaderMap, Method, Version};

/// A request.
#[derive(Debug)]
pub struct Incoming {
    /// HTTP method.
    pub method: Method,
    /// Path as it came, undecoded.
    pub path: String,
    /// Query as it came, without the question mark; empty if none.
    pub query: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Protocol version.
    pub version: Version,
    /// `:authority` over HTTP/2, else the Host header.
    pub authority: Option<String>,
    /// The whole body.
    pub body: Bytes,
    /// Lower-case UUID v4 of `x-amzn-RequestId`.
    pub id: String,
}

impl Incoming {
    /// A header as text, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// The same request has the same seed, so it gets the same answer; the operation's own segment
    /// of the path does not count, so a stream tells what the whole answer says.
    pub fn seed(&self) -> u64 {
        let mut hasher = crc32fast::Hasher::new();
        let path = self.path.rsplit_once('/').map_or("", |(path, _)| path);
        hasher.update(path.as_bytes());
        hasher.update(&self.body);
        u64::from(hasher.finalize())
    }

    /// Host name of the authority, without the port, in lower case, without a dot at the end.
    pub fn host(&self) -> Option<String> {
        let host = self.raw_host()?;
        Some(host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase())
    }

    /// The service and region that the host names, if it is one of AWS.
    pub fn named(&self) -> Option<super::host::Named> {
        // Asked several times per request, and most hosts name nothing.
        let named = super::host::may_name(self.raw_host()?);
        named.then(|| super::host::of_host(&self.host()?))?
    }

    fn raw_host(&self) -> Option<&str> {
        let authority = self.authority.as_deref()?;
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => Some(host),
            _ => Some(authority),
        }
    }
}

/// A new request id: lower-case UUID v4, as all 541 unmasked recorded ones.
pub fn request_id() -> String {
    let mut bytes = fastrand::u128(..).to_be_bytes();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut id = String::with_capacity(36);
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        for nibble in [byte >> 4, byte & 0x0f] {
            id.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    id
}
