//! Integration tests of the mock, over real sockets on port 0. The modules mirror `src/`.
//!
//! One binary, because each would link the whole library again. `wire` (raw bytes), `account`
//! (one account over HTTP), `query` (IAM and STS), `invoke` (one neutral form of all four inference
//! operations), `faults_seen` (broken answers) and `schema_maker` are what the tests share.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "tests"
)]

mod account;
mod auth;
mod behaviour;
mod cli;
mod control;
mod docs_links;
mod edge;
mod examples;
mod faults;
mod faults_seen;
mod generated_docs;
mod invoke;
mod journal;
mod model;
mod ops;
mod providers;
mod query;
mod scenarios;
mod schema_maker;
mod server;
mod state;
mod wire;
