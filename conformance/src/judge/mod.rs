//! Comparing an answer with what a step expects: six parts, each judged alone.

mod automatic;
mod automatic_findings;
mod compare;
mod error;
mod events;
mod expected;
mod finding;
mod step;
mod stream;

pub use finding::{Finding, Part};
pub use step::{Verdicts, judge};
