//! Converse and ConverseStream: one reply, written whole or told as events.

mod additional;
mod content;
mod inside;
pub(super) mod judge;
mod prefix;
mod prompt;
pub(super) mod request;
mod sources;
pub(super) mod streamed;
mod tools;
pub(super) mod unary;
mod usage;
