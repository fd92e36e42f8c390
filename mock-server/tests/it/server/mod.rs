//! Heads and streams on the wire.

mod heads;
mod streams;
