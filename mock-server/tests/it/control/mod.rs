//! The control API, held against its own description, and what it does to accounts and time.

mod client;
mod description;
mod effects;
mod gaps;
mod mistakes;
mod root;
