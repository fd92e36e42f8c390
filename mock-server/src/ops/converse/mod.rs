//! Converse and ConverseStream: one reply, as a unary answer or as events.

mod additional;
mod content;
mod events;
mod prompt;
pub(super) mod request;
pub(super) mod stream;
pub(super) mod unary;
mod usage;
