//! Scenarios: what users want certain requests to be answered with.
//!
//! A scenario has a `match`, a sequence of replies in Converse's own member names, and perhaps a
//! fault and a pace. They come from files, from the control API and from Rust; the README and
//! `scenarios.schema.json` beside this file describe the format.

pub mod build;
pub mod clause;
pub mod delivery;
pub mod entry;
pub mod expect;
pub mod files;
mod index;
pub mod lint;
pub mod locate;
pub mod markup;
pub mod matcher;
pub mod node;
pub mod raw;
pub mod reply;
pub mod scenario;
pub mod set;
mod shapes;
pub mod store;
pub mod subject;
pub mod template;
pub mod text_match;
pub mod watch;

pub use expect::{ScenarioHandle, WrongScenario};
pub use locate::Located;
pub use scenario::{Scenario, What};
pub use store::{Outcome, Scenarios};
pub use subject::Subject;

/// JSON Schema (2020-12) of scenario files.
pub const SCHEMA: &str = include_str!("scenarios.schema.json");
