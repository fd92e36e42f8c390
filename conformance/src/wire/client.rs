//! Sending a request byte by byte as the case wants it.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::error::WireError;
use super::exchange::Exchange;
use super::outgoing::{Outgoing, head, write};
use super::read;
use super::socket::{Patience, Socket};
use super::tls;
use super::url::Url;

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
            (Err(_), Err(error)) => return Err(WireError::no_answer(&error)),
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
