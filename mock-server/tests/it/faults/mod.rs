//! Faults as clients see them.

mod http2;
mod kinds;
mod rules;
