//! The HTTP server: one port for TLS and plain, HTTP/1.1 and HTTP/2.
//!
//! | file | what |
//! |---|---|
//! | `accept`, `connection` | connections |
//! | `handle` | every layer that a request passes, in order |
//! | `read` | the request, within limits of size and time |
//! | `hold` | what a fault does before the head of the answer |
//! | `respond`, `head` | the head of the answer |
//! | `body`, `frames`, `ending` | its body |

pub mod accept;
pub mod body;
pub mod connection;
pub mod ending;
pub mod frames;
mod handle;
pub mod head;
mod hold;
pub mod read;
mod respond;

pub use handle::{Server, handle};
