//! An incoming request, and what its host name says of service and region.

pub mod host;
mod incoming;

pub use incoming::{Incoming, request_id};
