//! Applies faults to an answer.

use super::{Delivery, Fault, FaultContext, Hold, Pacing, Reach};
use crate::wire::{Answer, ApiError, Content};

/// Returns what a client gets instead of an answer, if one of the faults is an exception. The
/// operation must not happen then.
pub fn refusal(faults: &[Fault], context: &FaultContext<'_>) -> Option<ApiError> {
    let mut faults = faults.iter().filter(|fault| fault.reaches(context));
    faults.find_map(|fault| fault.effect().refusal(context))
}

/// Returns whether this fault ends the exchange.
pub fn is_terminal(fault: &Fault) -> bool {
    matches!(fault, Fault::Exception(_))
        || matches!(fault.effect().hold(), Some(Hold::Forever | Hold::Reset))
}

/// Applies all faults but exceptions, whose answer [`refusal`] gives. Returns the answer, and what
/// the server does while it delivers it. `pacing` is that of a scenario; it paces streams alone.
pub fn apply_to_answer(
    faults: &[Fault],
    pacing: Option<&Pacing>,
    mut answer: Answer,
    context: &FaultContext<'_>,
) -> (Answer, Delivery) {
    let mut delivery = Delivery::default();
    for fault in faults {
        if matches!(fault, Fault::Exception(_)) || !concerns(fault, &answer, context) {
            continue;
        }
        fault.effect().apply_to_answer(&mut answer, context);
        if let Content::Events { events, .. } = &mut answer.content {
            let source = std::mem::replace(&mut events.source, Box::new(std::iter::empty()));
            events.source = fault.effect().events(source, context);
        }
        if let Some(pacing) = fault.effect().pacing() {
            delivery.pacing = Some(Box::new(pacing.clone()));
        }
        delivery.faults.push(fault.clone());
        let hint = answer
            .hint
            .take()
            .map_or(String::new(), |h| format!("{h}; "));
        answer.hint = Some(format!("{hint}fault {}", fault.kind()));
    }
    if pacing.is_some() && matches!(answer.content, Content::Events { .. }) {
        delivery.pacing = pacing.cloned().map(Box::new);
    }
    (answer, delivery)
}

/// Returns whether a fault applies to this answer. Faults of streams do not apply to a refusal that
/// came before the stream.
fn concerns(fault: &Fault, answer: &Answer, context: &FaultContext<'_>) -> bool {
    let streams = matches!(answer.content, Content::Events { .. });
    fault.reaches(context)
        && match fault.descriptor().reach {
            Reach::Any | Reach::Whole => true,
            _ => streams,
        }
}
