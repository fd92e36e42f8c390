//! Sending a request byte by byte as the case wants it.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::exchange::Exchange;
use super::read;
use super::socket::{Patience, Socket};
use super::tls;
use super::url::Url;
use crate::case::Framing;

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

/// Why there is no answer.
#[derive(Debug)]
pub enum WireError {
    /// Nobody listens there, or no TLS can be agreed on.
    Unreachable(String),
    /// The connection ended before there was a head.
    NoAnswer(String),
    /// Too much time passed before there was a head.
    TooLate(String),
    /// What came is no HTTP/1.1.
    NotHttp(String),
}

impl fmt::Display for WireError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(what) => write!(out, "cannot be reached: {what}"),
            Self::NoAnswer(what) => write!(out, "gave no answer: {what}"),
            Self::TooLate(what) => write!(out, "is silent: {what}"),
            Self::NotHttp(what) => write!(out, "did not answer in HTTP/1.1: {what}"),
        }
    }
}

impl std::error::Error for WireError {}

/// A client with at most one open connection.
#[derive(Debug)]
pub struct Client {
    tls: Option<Arc<ClientConfig>>,
    patience: Patience,
    open: Option<(Url, Stream)>,
}

pub(super) enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl fmt::Debug for Stream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Stream")
    }
}

impl Client {
    /// A client that waits as long as it may.
    ///
    /// # Errors
    /// When `ca_file` holds no certificates.
    pub fn new(ca_file: Option<&Path>, patience: Patience) -> Result<Self, String> {
        Ok(Self {
            tls: Some(tls::config(ca_file)?),
            patience,
            open: None,
        })
    }

    /// Sends a request and reads the answer; `reuse` takes the connection of the request before.
    ///
    /// # Errors
    /// When there is no answer. An answer that is cut is an answer.
    pub fn send(
        &mut self,
        url: &Url,
        request: &Outgoing,
        reuse: bool,
    ) -> Result<Exchange, WireError> {
        let earlier = self.open.take().filter(|(to, _)| reuse && to == url);
        let mut stream = match earlier {
            Some((_, stream)) => stream,
            None if reuse => {
                return Err(WireError::NoAnswer(
                    "the connection of the step before is closed".to_owned(),
                ));
            }
            None => self.connect(url)?,
        };
        stream.begin();
        let head = head(request);
        let sent = write(&mut stream, &head, request);
        let started = Instant::now();
        // A server may answer and hang up before it has read the whole body.
        let mut exchange = match (read::answer(&mut stream, &request.method, started), sent) {
            (Ok(exchange), _) => exchange,
            (Err(_), Err(error)) => return Err(no_answer(&error)),
            (Err(error), Ok(())) => return Err(error),
        };
        exchange.request_head = head;
        exchange.request_body = request.body.clone().unwrap_or_default();
        exchange.open = exchange.open && stream.is_open();
        if exchange.open {
            self.open = Some((url.clone(), stream));
        }
        Ok(exchange)
    }

    fn connect(&self, url: &Url) -> Result<Stream, WireError> {
        let unreachable = |error: io::Error| WireError::Unreachable(format!("{url}: {error}"));
        let socket = Socket::connect(url, self.patience).map_err(unreachable)?;
        match &self.tls {
            Some(config) if url.tls => tls::connect(config, &url.host, socket)
                .map(|stream| Stream::Tls(Box::new(stream)))
                .map_err(|error| WireError::Unreachable(format!("{url}: no TLS: {error}"))),
            _ => Ok(Stream::Plain(socket)),
        }
    }
}

/// Why no head came, in words of a connection.
pub(super) fn no_answer(error: &io::Error) -> WireError {
    match error.kind() {
        io::ErrorKind::TimedOut => WireError::TooLate(error.to_string()),
        _ => WireError::NoAnswer(error.to_string()),
    }
}

fn head(request: &Outgoing) -> String {
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

fn write(stream: &mut Stream, head: &str, request: &Outgoing) -> io::Result<()> {
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

impl Stream {
    fn begin(&mut self) {
        match self {
            Self::Plain(socket) => socket.begin(),
            Self::Tls(stream) => stream.sock.begin(),
        }
    }

    /// Whether the other side has not hung up; TLS is believed to be open.
    fn is_open(&self) -> bool {
        match self {
            Self::Plain(socket) => socket.is_open(),
            Self::Tls(_) => true,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(buffer),
            Self::Tls(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
