//! The canonical request and the string to sign.
//!
//! Every service but S3 encodes the path *as it is on the wire* once more: wire `%3A` becomes
//! `%253A`, a raw `:` becomes `%3A` (the service's own canonical string in
//! continuedev/continue#9297). Before that, dot segments and doubled slashes go, as in botocore and
//! in AWS's description of the canonical URI.

use http::HeaderMap;

use super::percent::{decode, encode};
use super::signing_key::sha256_hex;

/// Everything that a signature covers.
pub(super) struct Canonical<'a> {
    /// HTTP method.
    pub(super) method: &'a str,
    /// Path as on the wire, undecoded.
    pub(super) raw_path: &'a str,
    /// Query as on the wire, without `?`.
    pub(super) raw_query: &'a str,
    /// Names of query parameters that the signature leaves out.
    pub(super) left_out: &'a [&'a str],
    /// All headers of the request.
    pub(super) headers: &'a HeaderMap,
    /// Value of HTTP/2's `:authority`, or of `Host`.
    pub(super) authority: Option<&'a str>,
    /// Signed header names: lower case, sorted, each once.
    pub(super) signed_headers: &'a [String],
    /// Hash of the body, or the literal in its place.
    pub(super) payload_hash: &'a str,
    /// Whether dot segments and doubled slashes are removed from the path.
    pub(super) normalize: bool,
}

impl Canonical<'_> {
    /// The canonical request. Bytes, because header values need not be UTF-8.
    pub(super) fn request(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        for line in [self.method, &self.path(), &self.query()] {
            out.extend_from_slice(line.as_bytes());
            out.push(b'\n');
        }
        for name in self.signed_headers {
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            self.append_value(&mut out, name);
            out.push(b'\n');
        }
        out.push(b'\n');
        out.extend_from_slice(self.signed_headers.join(";").as_bytes());
        out.push(b'\n');
        out.extend_from_slice(self.payload_hash.as_bytes());
        out
    }

    fn path(&self) -> String {
        match self.normalize {
            true => encode(normalized(self.raw_path).as_bytes(), b"/"),
            false if self.raw_path.is_empty() => "/".to_owned(),
            false => encode(self.raw_path.as_bytes(), b"/"),
        }
    }

    fn query(&self) -> String {
        let pairs = self.raw_query.split('&').filter(|pair| !pair.is_empty());
        let mut pairs: Vec<(String, String)> = pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (encode(&decode(name), b""), encode(&decode(value), b"")))
            .filter(|(name, _)| !self.left_out.contains(&name.as_str()))
            .collect();
        pairs.sort();
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("&")
    }

    /// Values of one header, trimmed, inner white space collapsed, joined by commas. A signed header
    /// that the request does not have counts as empty.
    fn append_value(&self, out: &mut Vec<u8>, name: &str) {
        let authority = match name {
            ":authority" => self.authority.or_else(|| self.header("host")),
            "host" => self.header("host").or(self.authority),
            _ => None,
        };
        if let Some(authority) = authority {
            return collapse(out, authority.as_bytes());
        }
        for (n, value) in self.headers.get_all(name).iter().enumerate() {
            if n > 0 {
                out.push(b',');
            }
            collapse(out, value.as_bytes());
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// The string to sign for a canonical request.
pub(super) fn string_to_sign(date: &str, scope: &str, canonical: &[u8]) -> String {
    format!(
        "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
        sha256_hex(canonical)
    )
}

fn normalized(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let end = match path.ends_with('/') && !kept.is_empty() {
        true => "/",
        false => "",
    };
    format!("/{}{end}", kept.join("/"))
}

fn collapse(out: &mut Vec<u8>, value: &[u8]) {
    let words = value.split(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    for (n, word) in words.filter(|word| !word.is_empty()).enumerate() {
        if n > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
}
