//! Cases: JSON files that say what to send and what must come back.
//!
//! `conformance/docs/writing-cases.md` describes the format; `cases/case.schema.json` is its JSON
//! Schema. Reading one checks everything that can be known before a target is: names of operations,
//! error rows, roles, capabilities, matchers, stream grammars, and that saved values are saved
//! before they are used.

mod expect;
mod expect_read;
mod library;
mod read;
mod rows;
mod send;
mod send_read;
mod slots;
mod strange;
pub mod words;

pub use expect::{End, EventCheck, Expect, ExpectedError, ExpectedStream, Timing, View, Which};
pub(crate) use library::{EMPTY, full_id, hash};
pub use library::{Library, Selection};
pub(crate) use read::day;
pub use read::read;
pub use send::{Asked, Auth, Body, Framing, HeaderChange, Send, Signing};

use std::collections::BTreeSet;

use crate::judge::Automatic;
use crate::located::Place;

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    /// Path below `cases/` without suffix; never reused for another meaning.
    pub id: String,
    /// The file it was read from, as the user knows it; for derived cases what they derive from.
    pub file: String,
    /// One line.
    pub title: String,
    /// What would break for a user if this were wrong.
    pub why: String,
    /// What the expectation rests on.
    pub basis: Basis,
    /// Where to read more, and what the case speaks about.
    pub refs: Vec<Reference>,
    /// How binding it is.
    pub level: Level,
    /// Capabilities that it needs, those of its operations and credentials included.
    pub needs: BTreeSet<String>,
    /// Roles that the requests of any row use.
    pub roles: BTreeSet<String>,
    /// The most tokens that one row can cost; none if the service bills nothing.
    pub billable: Option<Tokens>,
    /// The mock's fault that must make it fail.
    pub mutant: Option<String>,
    /// One per row, or one if it has no rows.
    pub instances: Vec<Instance>,
}

/// A case with one row's values in it.
#[derive(Debug, Clone)]
pub struct Instance {
    /// The row's name; none if the case has no rows.
    pub row: Option<String>,
    /// Roles that its requests use.
    pub roles: BTreeSet<String>,
    /// Whether it names the account that is asked.
    pub account: bool,
    /// What is sent and expected, in order.
    pub steps: Vec<Step>,
    /// What is sent at the end whatever came before, to leave nothing behind.
    pub cleanup: Vec<Step>,
}

/// One exchange.
#[derive(Debug, Clone)]
pub struct Step {
    /// Where it stands in the case's file.
    pub place: Place,
    /// What is sent.
    pub send: Send,
    /// What must come back.
    pub expect: Expect,
    /// Values of the answer that later steps use: name, and `/pointer` into the body or
    /// `header:NAME`.
    pub save: Vec<(String, String)>,
    /// Automatic checks that are left out, with the reason.
    pub without: Vec<(Automatic, String)>,
}

/// What an expectation rests on. The kinds are never added up into one number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// Which kind of ground.
    pub kind: BasisKind,
    /// The day of the last look, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Where it was seen.
    pub region: Option<String>,
    /// With which model.
    pub model: Option<String>,
    /// The recording that shows it.
    pub recording: Option<String>,
}

/// Kinds of ground, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BasisKind {
    /// The real service was seen doing it.
    Observed,
    /// AWS says so.
    Documented,
    /// The service model says so.
    Modelled,
    /// A guess. Shown, and counted apart.
    Assumed,
}

impl BasisKind {
    /// All, the strongest first.
    pub const ALL: [Self; 4] = [
        Self::Observed,
        Self::Documented,
        Self::Modelled,
        Self::Assumed,
    ];

    /// As files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Documented => "documented",
            Self::Modelled => "modelled",
            Self::Assumed => "assumed",
        }
    }

    /// From its spelling.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// How binding a case is, as RFC 2119 has the words; `info` is never a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Clients break without it.
    Must,
    /// Clients may break without it.
    Should,
    /// Some targets do it.
    May,
    /// Only told.
    Info,
}

impl Level {
    /// All, the most binding first.
    pub const ALL: [Self; 4] = [Self::Must, Self::Should, Self::May, Self::Info];

    /// As files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
            Self::Info => "info",
        }
    }
}

/// What a case speaks about or rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// `model`, `error`, `header`, `doc`, `issue` or `recording`.
    pub kind: String,
    /// As in `ConverseResponse.usage`, `runtime.blank-text`, or a URL.
    pub to: String,
}

/// Tokens of one row, for the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// The most input tokens.
    pub max_in: u64,
    /// The most output tokens.
    pub max_out: u64,
}
