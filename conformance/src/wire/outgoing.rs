//! A request, written byte by byte as the case wants it.

use std::io::{self, Write};

/// A request that is ready to go.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers in the order in which they are sent, without those of the framing.
    pub headers: Vec<(String, String)>,
    /// Body; none sends no header about it either.
    pub body: Option<Vec<u8>>,
    /// How its length is told.
    pub framing: Framing,
    /// It is written in pieces of this many bytes.
    pub drip: Option<usize>,
}

/// How the body's length is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// `Content-Length`
    Length,
    /// `Transfer-Encoding: chunked`
    Chunked,
}

/// Returns the request line and headers, with those of the framing.
pub(super) fn head(request: &Outgoing) -> String {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    let mut headers = request.headers.clone();
    let stated = |headers: &[(String, String)], name: &str| {
        headers
            .iter()
            .any(|(there, _)| there.eq_ignore_ascii_case(name))
    };
    if let Some(body) = &request.body {
        match request.framing {
            Framing::Length if !stated(&headers, "content-length") => {
                headers.push(("Content-Length".to_owned(), body.len().to_string()));
            }
            Framing::Chunked if !stated(&headers, "transfer-encoding") => {
                headers.push(("Transfer-Encoding".to_owned(), "chunked".to_owned()));
            }
            _ => {}
        }
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head
}

/// Writes the head and the framed body, in pieces if the case wants that.
pub(super) fn write(stream: &mut impl Write, head: &str, request: &Outgoing) -> io::Result<()> {
    let mut bytes = head.as_bytes().to_vec();
    let body = request.body.as_deref().unwrap_or_default();
    match request.framing {
        Framing::Length => bytes.extend_from_slice(body),
        Framing::Chunked if request.body.is_some() => {
            for chunk in body.chunks(request.drip.unwrap_or(8192).max(1)) {
                bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                bytes.extend_from_slice(chunk);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
        }
        Framing::Chunked => {}
    }
    let piece = request.drip.unwrap_or(bytes.len()).max(1);
    for piece in bytes.chunks(piece) {
        stream.write_all(piece)?;
        stream.flush()?;
    }
    Ok(())
}
