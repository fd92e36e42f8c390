//! When an answer is the service's own refusal of too many requests, and so says nothing of a case.
//!
//! Only the modelled refusal is: 429, JSON, the type ThrottlingException, a text. Any other 429 is
//! judged like any answer, or a server that answers nothing else would never be found out. The real
//! service also says that it is unavailable (503) when it is busy.

use serde_json::Value;

use crate::case::{ExpectedError, Step};
use crate::reference_data::ReferenceData;
use crate::wire::Exchange;

const THROTTLING: &str = "ThrottlingException";
const UNAVAILABLE: &str = "ServiceUnavailableException";

/// Whether a step's findings are excused by what came. `real` for the real service.
pub(super) fn excuses(
    reference: &ReferenceData,
    step: &Step,
    exchange: &Exchange,
    real: bool,
) -> bool {
    is_refusal(exchange, real) && !asks_for_it(reference, step, exchange.status)
}

fn is_refusal(exchange: &Exchange, real: bool) -> bool {
    let kind = exchange
        .header("x-amzn-errortype")
        .and_then(|kind| kind.split(':').next());
    let refused = match exchange.status {
        429 => kind == Some(THROTTLING),
        503 => real && kind == Some(UNAVAILABLE),
        _ => false,
    };
    refused
        && exchange.header("content-type") == Some("application/json")
        && exchange
            .json()
            .is_some_and(|body| body["message"].is_string())
}

/// Whether the step is about throttling: then the refusal is what it judges.
fn asks_for_it(reference: &ReferenceData, step: &Step, status: u16) -> bool {
    let by_status = step.expect.status.as_ref().and_then(Value::as_u64) == Some(u64::from(status));
    let kind = match &step.expect.error {
        None => None,
        Some(ExpectedError::Stated { kind, .. }) => Some(kind.as_str()),
        Some(ExpectedError::Row { id, .. }) => {
            reference.errors.get(id).and_then(|row| row.kind.as_deref())
        }
    };
    by_status || matches!(kind, Some(THROTTLING | UNAVAILABLE))
}
