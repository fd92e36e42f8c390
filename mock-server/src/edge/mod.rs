//! Where a request enters: its id, its parts, its line in the access log.

pub mod log;
pub mod pipeline;
mod query;

pub use pipeline::{Outcome, respond};
