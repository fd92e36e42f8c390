//! `/_mock/journal/wait-for`: answers when enough requests came, or when the time is over.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{JsonBody, Problem, Routes, read};
use crate::journal::{self, Count, Entry, Filter};
use crate::state::App;

/// Longest wait, ms.
const LONGEST: u64 = 600_000;
/// Newest requests that are told where the time is over.
const TOLD: usize = 20;
/// Characters of each body among them.
const BODY_TOLD: usize = 400;

pub(super) fn routes() -> Routes {
    vec![("/_mock/journal/wait-for", post(wait_for))]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Asked {
    r#match: Filter,
    count: Count,
    timeout_ms: u64,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            r#match: Filter::default(),
            count: Count::default(),
            timeout_ms: 10_000,
        }
    }
}

async fn wait_for(
    State(app): State<Arc<App>>,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Response, Problem> {
    read::account(asked.r#match.account.clone())?;
    let checked = asked.r#match.check(&app.models);
    checked.map_err(|why| Problem::bad(format!("match: {why}")))?;
    if asked.count.at_most.is_some() || asked.count.is_contradictory() {
        let text = "count: expected a number or {\"atLeast\": n}; whether no more than that come, verify tells afterwards";
        return Err(Problem::bad(text));
    }
    let count = asked.count.least();
    if asked.timeout_ms > LONGEST {
        return Err(Problem::bad(format!(
            "timeoutMs {}: at most {LONGEST}",
            asked.timeout_ms
        )));
    }
    let timeout = Duration::from_millis(asked.timeout_ms);
    let waited = app.journal.wait_for(&asked.r#match, count, timeout).await;
    let entries: Value = waited.entries.iter().map(|e| e.to_json()).collect();
    if waited.enough {
        return Ok(Json(json!({ "entries": entries })).into_response());
    }
    let mut received = app.journal.entries(&Filter {
        account: asked.r#match.account.clone(),
        ..Filter::default()
    });
    let newest: Vec<Arc<Entry>> = received.split_off(received.len().saturating_sub(TOLD));
    let message = format!(
        "waited {} ms for {} of {}, saw {}; newest requests:\n{}",
        asked.timeout_ms,
        count,
        asked.r#match.summary(),
        waited.entries.len(),
        journal::list(&newest, BODY_TOLD),
    );
    let body = json!({ "message": message, "entries": entries });
    Ok((StatusCode::REQUEST_TIMEOUT, Json(body)).into_response())
}
