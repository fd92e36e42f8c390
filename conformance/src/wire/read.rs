//! Reading an answer: head, then a body by its length, its chunks or the connection's end.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use super::error::WireError;
use super::exchange::Exchange;
use super::text::quoted;

/// A longer head is no answer.
const HEAD: usize = 64 * 1024;
/// A longer body is cut, and the answer says so.
const BODY: usize = 64 * 1024 * 1024;
/// More interim answers (1xx) before the answer are none.
const INTERIM: usize = 16;

struct Incoming<'a, R> {
    from: &'a mut R,
    bytes: Vec<u8>,
    started: Instant,
    first_byte: Option<Duration>,
    /// The target was waited for too long.
    too_late: bool,
}

impl<R: Read> Incoming<'_, R> {
    /// Reads more; false at the connection's end.
    fn more(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 16 * 1024];
        loop {
            return match self.from.read(&mut buffer) {
                Ok(0) => Ok(false),
                Ok(length) => {
                    self.first_byte
                        .get_or_insert_with(|| self.started.elapsed());
                    self.bytes.extend_from_slice(&buffer[..length]);
                    Ok(true)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.too_late |= error.kind() == io::ErrorKind::TimedOut;
                    Err(error)
                }
            };
        }
    }
}

pub(super) fn answer(
    from: &mut impl Read,
    method: &str,
    started: Instant,
) -> Result<Exchange, WireError> {
    let mut incoming = Incoming {
        from,
        bytes: Vec::new(),
        started,
        first_byte: None,
        too_late: false,
    };
    let mut interim = 0;
    let mut exchange = loop {
        let exchange = head(&mut incoming)?;
        // 1xx goes before the answer.
        if exchange.status >= 200 {
            break exchange;
        }
        interim += 1;
        if interim > INTERIM {
            let what = format!("over {INTERIM} interim answers ({})", exchange.status);
            return Err(WireError::NotHttp(what));
        }
    };
    exchange.first_byte = incoming.first_byte.unwrap_or_default();
    if method != "HEAD" && exchange.status != 204 && exchange.status != 304 {
        body(&mut incoming, &mut exchange);
    } else {
        exchange.open = true;
    }
    exchange.total = started.elapsed();
    exchange.too_late = incoming.too_late;
    if exchange
        .header("connection")
        .is_some_and(|value| value.eq_ignore_ascii_case("close"))
    {
        exchange.open = false;
    }
    exchange.parse();
    Ok(exchange)
}

fn head<R: Read>(incoming: &mut Incoming<'_, R>) -> Result<Exchange, WireError> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 128];
        let mut response = httparse::Response::new(&mut headers);
        match response.parse(&incoming.bytes) {
            Ok(httparse::Status::Complete(length)) => {
                let exchange = Exchange {
                    request_head: String::new(),
                    request_body: Vec::new(),
                    status: response.code.unwrap_or_default(),
                    headers: response
                        .headers
                        .iter()
                        .map(|header| {
                            let value = String::from_utf8_lossy(header.value).into_owned();
                            (header.name.to_owned(), value)
                        })
                        .collect(),
                    body: Vec::new(),
                    chunks: Vec::new(),
                    arrivals: Vec::new(),
                    first_byte: Duration::ZERO,
                    total: Duration::ZERO,
                    cut: None,
                    too_late: false,
                    open: false,
                    parsed: None,
                };
                incoming.bytes.drain(..length);
                return Ok(exchange);
            }
            Ok(httparse::Status::Partial) if incoming.bytes.len() < HEAD => {}
            Ok(httparse::Status::Partial) => {
                return Err(WireError::NotHttp(format!("its head is over {HEAD} bytes")));
            }
            Err(error) => return Err(WireError::NotHttp(error.to_string())),
        }
        match incoming.more() {
            Ok(true) => {}
            Ok(false) => {
                return Err(WireError::NoAnswer("the connection was closed".to_owned()));
            }
            Err(error) => return Err(WireError::no_answer(&error)),
        }
    }
}

fn body<R: Read>(incoming: &mut Incoming<'_, R>, exchange: &mut Exchange) {
    let chunked = exchange
        .header("transfer-encoding")
        .is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    let length = exchange
        .header("content-length")
        .map(|value| value.trim().parse::<usize>());
    exchange.cut = match (chunked, length) {
        (true, _) => chunks(incoming, exchange).err(),
        (false, Some(Ok(length))) => sized(incoming, exchange, length).err(),
        (false, Some(Err(_))) => Some("Content-Length is no number".to_owned()),
        (false, None) => {
            let cut = to_the_end(incoming, exchange).err();
            exchange.open = false;
            return exchange.cut = cut;
        }
    };
    exchange.open = exchange.cut.is_none() && incoming.bytes.is_empty();
    if exchange.cut.is_none() && !incoming.bytes.is_empty() {
        exchange.cut = Some(format!("{} bytes follow the body", incoming.bytes.len()));
    }
}

fn take<R: Read>(
    incoming: &mut Incoming<'_, R>,
    exchange: &mut Exchange,
    wanted: usize,
) -> Result<(), String> {
    if exchange.body.len().saturating_add(wanted) > BODY {
        return Err(format!("the body is over {BODY} bytes"));
    }
    let mut wanted = wanted;
    while wanted > 0 {
        if incoming.bytes.is_empty() {
            match incoming.more() {
                Ok(true) => {}
                Ok(false) => {
                    return Err(format!(
                        "the connection was closed {wanted} bytes before the end"
                    ));
                }
                Err(error) => return Err(format!("{wanted} bytes before the end: {error}")),
            }
        }
        let length = wanted.min(incoming.bytes.len());
        exchange.body.extend(incoming.bytes.drain(..length));
        exchange
            .arrivals
            .push((exchange.body.len(), incoming.started.elapsed()));
        wanted -= length;
    }
    Ok(())
}

fn sized<R: Read>(
    incoming: &mut Incoming<'_, R>,
    exchange: &mut Exchange,
    length: usize,
) -> Result<(), String> {
    take(incoming, exchange, length)
}

fn chunks<R: Read>(incoming: &mut Incoming<'_, R>, exchange: &mut Exchange) -> Result<(), String> {
    loop {
        let line = line(incoming)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16)
            .map_err(|_| format!("{} is no size of a chunk", quoted(&line)))?;
        if size == 0 {
            // Trailers, then a blank line.
            while !self::line(incoming)?.is_empty() {}
            return Ok(());
        }
        take(incoming, exchange, size)?;
        exchange.chunks.push(size);
        let end = self::line(incoming)?;
        if !end.is_empty() {
            return Err(format!("{} stands behind a chunk", quoted(&end)));
        }
    }
}

fn line<R: Read>(incoming: &mut Incoming<'_, R>) -> Result<String, String> {
    loop {
        if let Some(at) = incoming.bytes.windows(2).position(|two| two == b"\r\n") {
            let line = String::from_utf8_lossy(&incoming.bytes[..at]).into_owned();
            incoming.bytes.drain(..at + 2);
            return Ok(line);
        }
        if incoming.bytes.len() > HEAD {
            return Err("a line between chunks has no end".to_owned());
        }
        match incoming.more() {
            Ok(true) => {}
            Ok(false) => return Err("the connection was closed before the last chunk".to_owned()),
            Err(error) => return Err(format!("before the last chunk: {error}")),
        }
    }
}

fn to_the_end<R: Read>(
    incoming: &mut Incoming<'_, R>,
    exchange: &mut Exchange,
) -> Result<(), String> {
    loop {
        let length = incoming.bytes.len();
        if length > 0 {
            take(incoming, exchange, length)?;
        }
        match incoming.more() {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return Err(error.to_string()),
        }
    }
}
