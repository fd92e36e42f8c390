//! What leaves the mock, byte for byte: JSON, event-stream frames, SSE, errors.
//!
//! Pure functions over values and bytes; the HTTP library sees only their results.

pub mod answer;
pub mod error;
pub mod event;
pub mod frame;
pub mod json;
pub mod padding;
pub mod rows;
pub mod sse;
pub mod xml;

pub use answer::{Answer, Content};
pub use error::ApiError;
pub use event::{Event, Events};
