//! Comparing an answer with what a step expects: six parts, each judged alone.

mod automatic;
mod automatic_findings;
mod compare;
mod error;
mod events;
mod expected;
mod finding;
mod judge_error;
mod step;
mod stream;

pub use finding::{Finding, Part};
pub use judge_error::JudgeError;
pub use step::{Verdicts, judge};
