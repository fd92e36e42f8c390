//! Checks answers against the service model, where the self-check is on.

use crate::model::{Model, Operation, Protocol, check};
use crate::ops::{Call, Output};
use crate::wire::rows::{self, Area};
use crate::wire::{Answer, ApiError, Content};

/// Notes what in a call's answer its model does not allow. A scenario's raw answer need not fit.
pub(super) fn check(call: &Call<'_>, result: &Result<Output, ApiError>, raw: bool) {
    let app = call.app;
    if !app.self_check.enabled() {
        return;
    }
    let (model, operation) = (call.model, call.operation);
    let found = match result {
        Ok(Output::Json(members)) => check::output(model, operation, members.value()),
        Ok(Output::Answer(answer)) if !raw => of_answer(model, operation, answer),
        Ok(Output::Answer(_)) => return,
        Err(refusal) => of_refusal(model, operation, refusal),
    };
    app.self_check.note(&operation.name, found);
}

fn of_answer(model: &Model, operation: &Operation, answer: &Answer) -> Vec<String> {
    let Content::Bytes(bytes) = &answer.content else {
        // Events are checked one by one while they are made.
        return Vec::new();
    };
    if answer.status >= 300 || answer.hint.is_some() || operation.payload.is_some() {
        return Vec::new();
    }
    match serde_json::from_slice(bytes) {
        Ok(body) => check::output(model, operation, &body),
        Err(e) => vec![format!("the answer is not JSON: {e}")],
    }
}

/// Finds an error of a type that the operation cannot give by its model. The answers of the front
/// door and of authentication come before operations; the query protocol names errors by codes that
/// are not shapes.
fn of_refusal(model: &Model, operation: &Operation, refusal: &ApiError) -> Vec<String> {
    let row = refusal.source_row();
    // Constraints are checked for every operation, also for the few whose model lists no
    // ValidationException.
    let before = matches!(row.area, Area::FrontDoor | Area::Auth)
        || [
            rows::runtime::CONSTRAINT,
            rows::runtime::UNION_EMPTY,
            rows::runtime::UNION_SEVERAL,
        ]
        .contains(&row);
    let listed = operation.errors.iter().any(|kind| **kind == *row.kind);
    if model.protocol == Protocol::Query || before || listed {
        return Vec::new();
    }
    vec![format!("{} ({}) is not among its errors", row.kind, row.id)]
}
