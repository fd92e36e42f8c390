//! The canonical request: what is signed.

use std::collections::BTreeMap;

use crate::digest::sha256;
use crate::percent::{decode, encode};

/// What of a request is signed.
#[derive(Debug, Clone, Copy)]
pub struct Signable<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path and query as they stand in the request line.
    pub target: &'a str,
    /// The headers to sign, in any order and case.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
    /// Whether dots and empty segments of the path are resolved first.
    pub normalize: bool,
}

/// The canonical request.
pub fn canonical_request(request: &Signable<'_>) -> String {
    let (path, query) = match request.target.split_once('?') {
        None => (request.target, ""),
        Some((path, query)) => (path, query),
    };
    let headers = canonical_headers(request.headers);
    let mut lines = String::new();
    for (name, value) in &headers {
        lines.push_str(&format!("{name}:{value}\n"));
    }
    format!(
        "{}\n{}\n{}\n{lines}\n{}\n{}",
        request.method,
        canonical_path(path, request.normalize),
        canonical_query(query),
        signed_names(request.headers),
        sha256([request.body]),
    )
}

/// The names of signed headers as the signature lists them.
pub fn signed_names(headers: &[(String, String)]) -> String {
    canonical_headers(headers)
        .into_keys()
        .collect::<Vec<_>>()
        .join(";")
}

fn canonical_headers(headers: &[(String, String)]) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        out.entry(name.to_ascii_lowercase())
            .and_modify(|joined| {
                joined.push(',');
                joined.push_str(&value);
            })
            .or_insert(value);
    }
    out
}

/// The raw path encoded once more, as every service but S3 has it.
fn canonical_path(path: &str, normalize: bool) -> String {
    let path = if normalize {
        normalized(path)
    } else {
        path.to_owned()
    };
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

fn normalized(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    let directory = ["/", "/.", "/.."].iter().any(|end| path.ends_with(end));
    let mut out = format!("/{}", segments.join("/"));
    if directory && !segments.is_empty() {
        out.push('/');
    }
    out
}

fn canonical_query(query: &str) -> String {
    let again = |text: &str| encode(&String::from_utf8_lossy(&decode(text)));
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (again(name), again(value))
        })
        .collect();
    pairs.sort();
    pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join("&")
}
