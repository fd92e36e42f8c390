//! A TCP connection that never waits longer than it may: for one read, and for a whole exchange.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use super::url::Url;

/// How long one address may take to accept.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a target may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the next byte.
    pub read: Duration,
    /// For a whole exchange, from its first byte to its last; streams too.
    pub exchange: Duration,
}

/// A connection; each read and write keeps to both limits.
#[derive(Debug)]
pub(super) struct Socket {
    stream: TcpStream,
    patience: Patience,
    /// When the exchange must have ended.
    deadline: Instant,
}

impl Socket {
    /// Tries every address of the host, as clients do: `localhost` is `::1` and `127.0.0.1`.
    pub(super) fn connect(url: &Url, patience: Patience) -> io::Result<Self> {
        let mut last = io::Error::other("the name has no address");
        for address in (url.host.as_str(), url.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, CONNECT.min(patience.exchange)) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(Self {
                        stream,
                        patience,
                        deadline: Instant::now() + patience.exchange,
                    });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The next exchange begins.
    pub(super) fn begin(&mut self) {
        self.deadline = Instant::now() + self.patience.exchange;
    }

    /// Whether the other side has not hung up.
    pub(super) fn is_open(&self) -> bool {
        if self.stream.set_nonblocking(true).is_err() {
            return false;
        }
        let open = match self.stream.peek(&mut [0]) {
            Ok(bytes) => bytes > 0,
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        };
        self.stream.set_nonblocking(false).is_ok() && open
    }

    /// How long the next call may wait.
    fn wait(&self) -> io::Result<Duration> {
        match self.deadline.checked_duration_since(Instant::now()) {
            Some(left) if !left.is_zero() => Ok(left.min(self.patience.read)),
            _ => Err(self.late()),
        }
    }

    /// An error of the system's → what was waited for, in words.
    fn told(&self, error: io::Error) -> io::Error {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                if Instant::now() >= self.deadline {
                    return self.late();
                }
                let words = format!("no answer within {}", seconds(self.patience.read));
                io::Error::new(io::ErrorKind::TimedOut, words)
            }
            _ => error,
        }
    }

    fn late(&self) -> io::Error {
        let words = format!(
            "no end of the answer within {}",
            seconds(self.patience.exchange)
        );
        io::Error::new(io::ErrorKind::TimedOut, words)
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.wait()?))?;
        self.stream.read(buffer).map_err(|error| self.told(error))
    }
}

impl Write for Socket {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.wait()?))?;
        self.stream.write(buffer).map_err(|error| self.told(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// `30 s`, `0.5 s`.
fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
