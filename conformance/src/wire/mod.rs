//! The wire: a client that sees heads, chunks and frames as they came.

mod client;
mod crc;
mod error;
mod event;
mod event_stream;
mod exchange;
mod frames;
mod outgoing;
mod read;
mod socket;
mod sse;
mod text;
mod tls;
mod url;

pub use client::Client;
pub use error::WireError;
pub use event::{Event, EventKind, Framed, View};
pub use exchange::Exchange;
pub use frames::{Frame, FrameError, HeaderValue, decode};
pub use outgoing::{Framing, Outgoing};
pub use socket::Patience;
pub use url::{Url, UrlError};
