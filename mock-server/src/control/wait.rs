//! `/_mock/journal/wait-for`: answers when enough requests came, or when the time is over.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{JsonBody, Problem, Routes, extract};
use crate::app::App;
use crate::journal::{self, Count, Entry, Filter};

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
    count: Wanted,
    timeout_ms: u64,
}

/// How many are waited for. A plain number means that many or more: nobody can wait until no more
/// come, so whoever says `exact` must not think that somebody did.
#[derive(Debug, Default)]
struct Wanted {
    count: Count,
    says_exact: bool,
}

impl<'de> Deserialize<'de> for Wanted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Value::deserialize(deserializer)?;
        let says_exact = written.get("exact").is_some();
        let count = Count::deserialize(written).map_err(D::Error::custom)?;
        Ok(Self { count, says_exact })
    }
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            r#match: Filter::default(),
            count: Wanted::default(),
            timeout_ms: 10_000,
        }
    }
}

async fn wait_for(
    State(app): State<Arc<App>>,
    JsonBody(asked): JsonBody<Asked>,
) -> Result<Response, Problem> {
    extract::account(asked.r#match.account.clone())?;
    let checked = asked.r#match.check(&app.models);
    checked.map_err(|why| Problem::bad(format!("match: {why}")))?;
    if !app.journal.is_on() {
        return Err(Problem::new(StatusCode::CONFLICT, journal::OFF));
    }
    let Wanted { count, says_exact } = asked.count;
    if says_exact || count.at_most.is_some() || count.is_contradictory() {
        let text = "count: expected a number or {\"atLeast\": n}; whether no more than that come, verify tells afterwards";
        return Err(Problem::bad(text));
    }
    let count = count.least();
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
    let since = app.journal.since(&asked.r#match);
    let lost = app.journal.lost(since, asked.r#match.account.as_deref());
    let lost = match lost {
        0 => String::new(),
        lost => format!(
            " ({lost} older requests are gone because the journal was full: --journal-entries, --journal-bytes)"
        ),
    };
    let message = format!(
        "waited {} ms for {} of {}, saw {}{lost}; newest requests:\n{}",
        asked.timeout_ms,
        count,
        asked.r#match.summary(),
        waited.entries.len(),
        journal::list(&newest, BODY_TOLD),
    );
    let body = json!({ "message": message, "entries": entries });
    Ok((StatusCode::REQUEST_TIMEOUT, Json(body)).into_response())
}
