//! Recorded exchanges, sent again: is the answer of the form of the recorded one?
//!
//! Compared are status, header names (their order and case where the recorder kept them), names
//! and order of a body's members, error type and text, and the grammar and members of events.
//! Free text, ids, numbers and times are not: another answer is no other form. They are where the
//! target can be scripted, since it can then be told to give that very answer.

mod cassette;
mod compare;
mod content;
mod recording;
mod run;
mod script;

pub use compare::{Eras, compare};
pub use recording::{Recording, load};
pub use run::{ReplayError, Replayed, Settings, replay};
