//! The handbook in `docs/` is true: its shell blocks run, its JSON examples are read by the suite itself,
//! and its tables name exactly what the program knows.
//!
//! `BLESS=1 cargo test -p bedrock-conformance --test it docs` writes the generated tables anew.

mod examples;
mod generated;
mod members;
mod pages;
mod programs;
mod shell;
