//! Converse and ConverseStream: one reply, written whole or told as events.

mod additional;
mod cache_points;
mod content;
mod prompt;
pub(super) mod request;
mod sources;
pub(super) mod stream;
mod tools;
pub(super) mod unary;
mod usage;
