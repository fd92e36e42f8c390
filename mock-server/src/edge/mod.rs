//! Where a request enters: its id, its parts, its line in the access log.

pub mod incoming;
pub mod log;
pub mod pipeline;
mod query;
pub mod region;

pub use incoming::Incoming;
pub use pipeline::{Outcome, respond};
