//! Converse and ConverseStream: one reply, written whole or told as events.

mod additional;
mod content;
mod prompt;
pub(super) mod request;
pub(super) mod stream;
pub(super) mod unary;
mod usage;
