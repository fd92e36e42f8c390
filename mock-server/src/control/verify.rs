//! `/_mock/journal/verify`: whether what came is what was expected; if not, what came nearest.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::Value;

use super::{JsonBody, Problem, Routes, extract};
use crate::app::App;
use crate::journal::{Filter, Verification};

pub(super) fn routes() -> Routes {
    vec![("/_mock/journal/verify", post(verify))]
}

async fn verify(
    State(app): State<Arc<App>>,
    JsonBody(verification): JsonBody<Verification>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    extract::account(verification.account.clone())?;
    if verification.expectations.is_empty() {
        return Err(Problem::bad(
            "expectations: expected at least one, such as {\"match\": {\"operation\": \"Converse\"}, \"count\": 1}",
        ));
    }
    if let Some(at) = verification
        .expectations
        .iter()
        .position(|e| e.count.is_contradictory())
    {
        return Err(Problem::bad(format!(
            "expectations/{at}/count: expected exact alone, or atLeast and atMost in that order"
        )));
    }
    for (at, expectation) in verification.expectations.iter().enumerate() {
        let checked = expectation.r#match.check(&app.models);
        checked.map_err(|why| Problem::bad(format!("expectations/{at}/match: {why}")))?;
    }
    let whole = Filter {
        since: verification.since.clone(),
        ..Filter::default()
    };
    whole.check(&app.models).map_err(Problem::bad)?;
    let verdict = app.journal.verify(&verification);
    let status = match verdict.ok() {
        true => StatusCode::OK,
        false => StatusCode::CONFLICT,
    };
    Ok((status, Json(verdict.to_json())))
}
