//! HTTP/1.1, asked with as little work as possible, so that the server is the limit.

use std::net::SocketAddr;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Failure;
use crate::loads::Request;

/// A request as it goes over the wire.
pub fn encode(request: &Request) -> Bytes {
    let mut head = format!(
        "{} {} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n",
        request.method,
        request.path,
        request.host,
        request.body.len()
    );
    for (name, value) in &request.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    [head.as_bytes(), &request.body].concat().into()
}

/// A connection that is opened when it is needed.
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// The head of an answer.
pub struct Head {
    /// Status.
    pub status: u16,
    /// Names and values as they came.
    pub headers: Vec<(String, String)>,
    /// How its end is known.
    body: BodyEnd,
    close: bool,
}

enum BodyEnd {
    Length(usize),
    Chunked,
    Closed,
}

impl Connection {
    /// Nothing is opened yet.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            buffer: Vec::with_capacity(8 * 1024),
        }
    }

    /// Sends a request and reads its answer whole; returns the status.
    pub async fn ask(&mut self, request: &[u8]) -> Result<u16, Failure> {
        let head = self.send(request).await?;
        let mut chunks = Chunks::default();
        self.rest(&head, &mut chunks).await?;
        Ok(head.status)
    }

    /// Likewise, and returns head and the chunks of its body.
    pub async fn ask_whole(&mut self, request: &[u8]) -> Result<(Head, Vec<Vec<u8>>), Failure> {
        let head = self.send(request).await?;
        let mut chunks = Chunks {
            keep: Some(Vec::new()),
            ..Chunks::default()
        };
        self.rest(&head, &mut chunks).await?;
        Ok((head, chunks.keep.unwrap_or_default()))
    }

    /// Sends a request and reads the head of its answer.
    pub async fn send(&mut self, request: &[u8]) -> Result<Head, Failure> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
        }
        self.buffer.clear();
        let stream = self.stream.as_mut().ok_or("no connection")?;
        stream.write_all(request).await?;
        loop {
            if let Some(end) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                let head = head(&self.buffer[..end])?;
                self.buffer.drain(..end + 4);
                return Ok(head);
            }
            if stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("closed before the head of an answer".into());
            }
        }
    }

    /// Reads on; returns how many chunks were completed, `None` at the end of the body.
    pub async fn more(&mut self, chunks: &mut Chunks) -> Result<Option<usize>, Failure> {
        let stream = self.stream.as_mut().ok_or("no connection")?;
        if self.buffer.is_empty() && stream.read_buf(&mut self.buffer).await? == 0 {
            return Err("closed inside a body".into());
        }
        let completed = chunks.feed(&self.buffer)?;
        self.buffer.clear();
        Ok((!chunks.done || completed > 0).then_some(completed))
    }

    async fn rest(&mut self, head: &Head, chunks: &mut Chunks) -> Result<(), Failure> {
        match head.body {
            BodyEnd::Chunked => {
                while !chunks.done {
                    self.more(chunks).await?;
                }
            }
            BodyEnd::Length(length) => {
                let stream = self.stream.as_mut().ok_or("no connection")?;
                while self.buffer.len() < length {
                    if stream.read_buf(&mut self.buffer).await? == 0 {
                        return Err("closed inside a body".into());
                    }
                }
                chunks.keep_whole(&self.buffer);
            }
            BodyEnd::Closed => {
                let stream = self.stream.as_mut().ok_or("no connection")?;
                while stream.read_buf(&mut self.buffer).await? > 0 {}
                chunks.keep_whole(&self.buffer);
            }
        }
        if head.close {
            self.stream = None;
        }
        Ok(())
    }
}

impl Head {
    /// Whether the body has a length.
    pub fn has_length(&self) -> bool {
        matches!(self.body, BodyEnd::Length(_))
    }
}

fn head(bytes: &[u8]) -> Result<Head, Failure> {
    let text = std::str::from_utf8(bytes)?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|l| l.get(9..12)?.parse().ok());
    let mut head = Head {
        status: status.ok_or("no status line")?,
        headers: Vec::new(),
        body: BodyEnd::Closed,
        close: false,
    };
    for (name, value) in lines.filter_map(|l| l.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            head.body = BodyEnd::Length(value.parse()?);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            head.body = BodyEnd::Chunked;
        } else if name.eq_ignore_ascii_case("connection") {
            head.close = value.eq_ignore_ascii_case("close");
        }
        head.headers.push((name.to_owned(), value.to_owned()));
    }
    head.close |= matches!(head.body, BodyEnd::Closed);
    Ok(head)
}

/// A chunked body, taken apart as it comes.
#[derive(Default)]
pub struct Chunks {
    /// Its last chunk came.
    pub done: bool,
    keep: Option<Vec<Vec<u8>>>,
    state: State,
}

#[derive(Default, Clone, Copy)]
enum State {
    #[default]
    Start,
    Size(usize),
    Data {
        left: usize,
        last: bool,
    },
}

impl Chunks {
    fn feed(&mut self, mut bytes: &[u8]) -> Result<usize, Failure> {
        let mut completed = 0;
        while let Some(first) = bytes.first() {
            match self.state {
                State::Start | State::Size(_) => {
                    let size = if let State::Size(size) = self.state {
                        size
                    } else {
                        0
                    };
                    self.state = match first {
                        b'\n' => {
                            if let Some(keep) = self.keep.as_mut().filter(|_| size > 0) {
                                keep.push(Vec::with_capacity(size));
                            }
                            // The line break behind the data counts as data.
                            State::Data {
                                left: size + 2,
                                last: size == 0,
                            }
                        }
                        b'\r' => State::Size(size),
                        hex => {
                            let digit = char::from(*hex).to_digit(16).ok_or("a bad chunk size")?;
                            State::Size(size * 16 + digit as usize)
                        }
                    };
                    bytes = &bytes[1..];
                }
                State::Data { left, last } => {
                    let taken = left.min(bytes.len());
                    let of_data = left.saturating_sub(2).min(taken);
                    if let Some(chunk) = self.keep.as_mut().and_then(|k| k.last_mut())
                        && !last
                    {
                        chunk.extend_from_slice(&bytes[..of_data]);
                    }
                    bytes = &bytes[taken..];
                    self.state = State::Data {
                        left: left - taken,
                        last,
                    };
                    if left == taken {
                        self.state = State::Start;
                        self.done |= last;
                        completed += usize::from(!last);
                    }
                }
            }
        }
        Ok(completed)
    }

    fn keep_whole(&mut self, bytes: &[u8]) {
        if let Some(keep) = &mut self.keep {
            keep.push(bytes.to_vec());
        }
    }
}
