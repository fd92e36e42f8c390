//! Scenarios: what they match, what they answer, where they come from, and what is wrong with them.
#![allow(missing_docs, clippy::unwrap_used, clippy::needless_pass_by_value)]

#[path = "../account/mod.rs"]
mod account;
mod build;
mod control;
mod documents;
mod edges;
mod families;
mod ignored;
#[path = "../invoke/mod.rs"]
mod invoke;
mod lint;
mod markup;
mod matches;
mod order;
mod quick;
mod raw;
mod reload;
mod said;
mod schema;
mod script;
#[path = "../wire/mod.rs"]
mod wire;
