//! Exchanges in a form that two runs, and two targets, can share: what differs by chance is a token.
//!
//! | token | stands for |
//! |---|---|
//! | `<request-id:1>`, `<tool-use-id:1>`, `<message-id:1>`, `<key:1>`, `<id:1>` | an id; the same number for the same id in all of a case |
//! | `<account>`, `<region>`, `<date>`, `<model>`, `<host>`, `<hash>`, `<secret>`, `<cursor>`, `<name:1>` | what a target, a day or a run has of its own |
//! | `<int>`, `<sum>` | a count or a time; the sum of the input's and the output's counts |
//! | `<text>`, `<number>`, `<padding>`, `<signature>` | what a model says |
//! | `<more>` | further entries of a list, however many |
//!
//! Pure: the form depends on the exchanges alone. Normalising a form changes nothing (the laws are in
//! `laws.rs`).

mod form;
#[cfg(test)]
mod laws;
mod print;
mod stream;
mod tokens;
mod values;

pub use form::{normalise, of_report};
pub use print::print;
pub use tokens::Tokens;
