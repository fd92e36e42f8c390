//! Scenarios: what users want certain requests to be answered with.
//!
//! A scenario has a `match`, a sequence of replies in Converse's own member names, and perhaps a
//! fault and a pace. They come from files, from the control API and from Rust; the README and
//! `scenarios.schema.json` beside this file describe the format.

pub mod build;
pub mod chat_markup;
pub mod clause;
pub mod delivery;
pub mod document;
pub mod expect;
pub mod files;
mod index;
pub mod lint;
pub mod loaded;
pub mod locate;
pub mod matcher;
pub mod node;
pub mod raw;
pub mod reply;
mod reply_shapes;
pub mod request_view;
pub mod scenario;
pub mod store;
pub mod template;
pub mod text_match;

pub use expect::{ScenarioHandle, WrongScenario};
pub use locate::Located;
pub use request_view::Subject;
pub use scenario::{Scenario, What};
pub use store::{Outcome, Scenarios};

/// JSON Schema (2020-12) of scenario files.
pub const SCHEMA: &str = include_str!("scenarios.schema.json");
