//! Cases: JSON files that say what to send and what must come back.
//!
//! `conformance/docs/writing-cases.md` describes the format; `cases/case.schema.json` is its JSON
//! Schema. Reading one checks everything that can be known before a target is: names of operations,
//! error rows, roles, capabilities, matchers, stream grammars, and that saved values are saved
//! before they are used.

mod automatic;
mod definition;
mod expect;
mod grammar;
mod library;
mod placeholders;
mod read;
mod rows;
mod send;
mod unknown_members;
pub mod vocabulary;

pub use automatic::Automatic;
pub use definition::{Basis, BasisKind, Case, Instance, Level, Reference, Step, Tokens};
pub use expect::{End, EventCheck, Expect, ExpectedError, ExpectedStream, Timing, Which};
pub use grammar::Grammar;
pub use library::{Library, LoadError, Selection};
pub(crate) use library::{full_id, hash};
pub(crate) use read::day;
pub use read::read;
pub use send::{Asked, Auth, Body, HeaderChange, Send, Signing};
