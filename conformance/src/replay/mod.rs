//! Sends recorded requests again and compares the form of the answers with the recorded ones.
//!
//! Compared are status, header names (their order and case where the recorder kept them), names
//! and order of a body's members, error type and text, and the grammar and members of events.
//! Free text, ids, numbers and times are not compared, because another answer may have the same form.
//! They are compared where the target can be scripted to give the recorded answer.

mod cassette;
mod compare;
mod content;
mod eras;
mod error;
mod recording;
mod run;
mod script;

pub use compare::compare;
pub use eras::{Eras, ErasError};
pub use recording::{Recording, load};
pub use run::{ReplayError, Replayed, Settings, replay};
