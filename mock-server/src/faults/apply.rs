//! Lets an answer suffer faults.

use super::{Fault, Hold, Pacing, Reach, Site};
use crate::wire::{Answer, ApiError, Content};

/// What a client gets instead of an answer, if one of the faults is an exception. The operation must
/// not happen then.
pub fn refusal(faults: &[Fault], site: &Site<'_>) -> Option<ApiError> {
    let mut faults = faults.iter().filter(|fault| fault.reaches(site));
    faults.find_map(|fault| fault.breaks().refusal(site))
}

/// Whether nothing that comes after this fault can be seen.
pub fn ends_the_walk(fault: &Fault) -> bool {
    matches!(fault, Fault::Exception(_))
        || matches!(fault.breaks().hold(), Some(Hold::Forever | Hold::Reset))
}

/// Lets the answer of an operation suffer faults. An error stays one if an exception is all that there
/// is to suffer; with other faults it comes back as the answer that they broke.
///
/// Not for IAM and STS, whose errors become XML later: those take [`refusal`] and [`dress`].
pub fn apply(
    faults: &[Fault],
    pacing: Option<&Pacing>,
    answer: Result<Answer, ApiError>,
    site: &Site<'_>,
) -> Result<Answer, ApiError> {
    let answer = match refusal(faults, site) {
        Some(refusal) => Err(refusal),
        None => answer,
    };
    match answer {
        Ok(answer) => Ok(dress(faults, pacing, answer, site)),
        Err(error) if faults.iter().all(|f| matches!(f, Fault::Exception(_))) => Err(error),
        Err(error) => Ok(dress(faults, None, error.into_answer(), site)),
    }
}

/// Lets an answer suffer all faults but exceptions.
pub fn dress(
    faults: &[Fault],
    pacing: Option<&Pacing>,
    mut answer: Answer,
    site: &Site<'_>,
) -> Answer {
    for fault in faults {
        if matches!(fault, Fault::Exception(_)) || !concerns(fault, &answer, site) {
            continue;
        }
        fault.breaks().dress(&mut answer, site);
        if let Content::Events { events, .. } = &mut answer.content {
            let source = std::mem::replace(&mut events.source, Box::new(std::iter::empty()));
            events.source = fault.breaks().events(source, site);
        }
        if let Some(pacing) = fault.breaks().pacing() {
            answer.delivery.pacing = Some(Box::new(pacing.clone()));
        }
        answer.delivery.faults.push(fault.clone());
        let hint = answer
            .hint
            .take()
            .map_or(String::new(), |h| format!("{h}; "));
        answer.hint = Some(format!("{hint}fault {}", fault.kind()));
    }
    if pacing.is_some() && matches!(answer.content, Content::Events { .. }) {
        answer.delivery.pacing = pacing.cloned().map(Box::new);
    }
    answer
}

/// Faults of streams do not concern a refusal that came before the stream.
fn concerns(fault: &Fault, answer: &Answer, site: &Site<'_>) -> bool {
    let streams = matches!(answer.content, Content::Events { .. });
    fault.reaches(site)
        && match fault.about().reach {
            Reach::Any | Reach::Whole => true,
            _ => streams,
        }
}
