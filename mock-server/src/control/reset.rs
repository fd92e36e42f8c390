//! `/_mock/reset`: forgets what one account made and did, or all accounts.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Params, Problem, Routes, extract};
use crate::app::App;

pub(super) fn routes() -> Routes {
    vec![("/_mock/reset", post(reset))]
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Asked {
    account: Option<String>,
}

async fn reset(
    State(app): State<Arc<App>>,
    Params(asked): Params<Asked>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    // Somebody who names an account here means that one, and would lose everybody's.
    if !body.iter().all(u8::is_ascii_whitespace) {
        let text = "a reset reads no body: name the account in the query, ?account=000000000042";
        return Err(Problem::bad(text).at(1, 1));
    }
    let account = extract::account(asked.account)?;
    match app.reset(account.as_deref()) {
        Ok(forgotten) => Ok(Json(json!({
            "records": forgotten.records,
            "entries": forgotten.entries,
        }))),
        // The medium behind --state gave up; no fault of the client.
        Err(error) => Err(Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            error.to_string(),
        )),
    }
}
