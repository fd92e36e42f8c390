//! Compares one answer with what its step expects.

use super::finding::{Finding, Part};
use super::judge_error::JudgeError;
use super::{automatic, expected};
use crate::case::{Asked, Automatic, End, Step, Timing};
use crate::reference_data::ReferenceData;
use crate::template::Bindings;
use crate::wire::Exchange;

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
) -> Result<Verdicts, JudgeError> {
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
        .filter(|(check, _)| *check != Automatic::Whole || step.expect.end != Some(End::Cut))
        .map(|(_, finding)| finding)
        .collect();
    expected::findings(reference, &step.expect, bindings, exchange, &mut findings)?;
    let streams = exchange.is_event_stream() || step.expect.stream.is_some();
    let timed = step.expect.timing != Timing::default();
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
