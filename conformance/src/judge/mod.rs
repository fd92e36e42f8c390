//! Comparing an answer with what a step expects: six parts, each judged alone.

mod automatic;
mod error;
mod events;
mod expected;
mod grammar;
mod stream;

pub use automatic::Automatic;
pub use grammar::Grammar;

use crate::case::{Asked, Step};
use crate::reference_data::ReferenceData;
use crate::template::Bindings;
use crate::wire::Exchange;

/// A part of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The status.
    Status,
    /// Headers.
    Headers,
    /// The body.
    Body,
    /// Events.
    Stream,
    /// How it ends.
    End,
    /// When things come.
    Timing,
}

impl Part {
    /// All six.
    pub const ALL: [Self; 6] = [
        Self::Status,
        Self::Headers,
        Self::Body,
        Self::Stream,
        Self::End,
        Self::Timing,
    ];

    /// As files and reports spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Headers => "headers",
            Self::Body => "body",
            Self::Stream => "stream",
            Self::End => "end",
            Self::Timing => "timing",
        }
    }

    /// From its spelling.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.word() == word)
    }
}

/// One way in which an answer is not what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The part it belongs to.
    pub part: Part,
    /// Where in the part: a JSON pointer, a header's name, an event's number.
    pub path: String,
    /// What was expected.
    pub expected: String,
    /// What is there.
    pub seen: String,
    /// It is about the order of names, or their case in a head, and no client reads that.
    pub order: bool,
}

impl Finding {
    pub(crate) fn new(part: Part, path: &str, expected: &str, seen: &str) -> Self {
        Self {
            part,
            path: path.to_owned(),
            expected: expected.to_owned(),
            seen: seen.to_owned(),
            order: false,
        }
    }

    /// Of the order of names.
    pub(crate) fn of_order(part: Part, path: &str, expected: &str, seen: &str) -> Self {
        Self {
            order: true,
            ..Self::new(part, path, expected, seen)
        }
    }

    /// Whether it is about how an answer is written, not about what clients read of it: the order of
    /// names, and what servers say about themselves and their connection.
    pub(crate) fn is_form(&self) -> bool {
        let own = ["connection", "keep-alive", "server", "date"];
        let is_own = own.iter().any(|name| self.path.eq_ignore_ascii_case(name));
        self.order || (self.part == Part::Headers && is_own)
    }
}

/// What was judged about one answer.
#[derive(Debug, Clone, Default)]
pub struct Verdicts {
    /// The parts that were judged, in order.
    pub judged: Vec<Part>,
    /// What is wrong; empty if nothing is.
    pub findings: Vec<Finding>,
}

/// Judges one answer.
///
/// # Errors
/// When a `${…}` of the expectation stands for nothing, because an earlier step saved nothing.
pub fn judge(
    reference: &ReferenceData,
    step: &Step,
    bindings: &Bindings,
    exchange: &Exchange,
) -> Result<Verdicts, String> {
    let operation = match &step.send.asked {
        Asked::Operation { name, .. } => reference.models.operation(name),
        Asked::Raw { method, target, .. } => reference.models.route(
            &step.send.service,
            method,
            &bindings.text(target)?,
            &exchange.request_body,
        ),
    };
    let mut findings: Vec<Finding> = automatic::findings(reference, operation, exchange)
        .into_iter()
        .filter(|(check, _)| !step.without.iter().any(|(left_out, _)| left_out == check))
        // A cut that is expected is no fault.
        .filter(|(check, _)| {
            *check != Automatic::Whole || step.expect.end != Some(crate::case::End::Cut)
        })
        .map(|(_, finding)| finding)
        .collect();
    expected::findings(reference, &step.expect, bindings, exchange, &mut findings)?;
    let streams = exchange.is_event_stream() || step.expect.stream.is_some();
    let timed = step.expect.timing != crate::case::Timing::default();
    let judged = Part::ALL
        .into_iter()
        .filter(|part| match part {
            Part::Stream => streams,
            Part::Body => {
                !streams
                    || step.expect.body.is_some()
                    || findings.iter().any(|finding| finding.part == Part::Body)
            }
            Part::Timing => timed,
            _ => true,
        })
        .collect();
    // The same fault found twice, by the case and by the model, is told once.
    let mut told: Vec<Finding> = Vec::new();
    for finding in findings {
        if !told.iter().any(|earlier| {
            earlier.part == finding.part
                && earlier.path.eq_ignore_ascii_case(&finding.path)
                && earlier.seen == finding.seen
        }) {
            told.push(finding);
        }
    }
    Ok(Verdicts {
        judged,
        findings: told,
    })
}
