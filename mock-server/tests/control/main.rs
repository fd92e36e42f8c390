//! The control API, held against its own description, and what it does to accounts and time.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../account/mod.rs"]
mod account;
mod client;
mod description;
mod effects;
mod gaps;
mod mistakes;
#[path = "../wire/mod.rs"]
mod wire;
