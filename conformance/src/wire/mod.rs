//! The wire: a client that sees heads, chunks and frames as they came.

mod client;
mod crc;
mod event;
mod exchange;
mod frames;
mod read;
mod socket;
mod sse;
mod tls;
mod url;

pub use client::{Client, Outgoing, WireError};
pub use event::{Event, EventKind, Framed};
pub use exchange::Exchange;
pub use frames::{Frame, FrameError, HeaderValue, decode};
pub use socket::Patience;
pub use url::Url;
