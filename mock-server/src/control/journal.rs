//! `/_mock/journal`: what came in; one entry by its request id; all of it as JSON Lines, also live.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Params, Problem, Routes, extract};
use crate::app::App;
use crate::journal::{EndedFilter, Filter, Follower};

/// Entries of a list, unless it asks for more.
const LIMIT: usize = 100;

pub(super) fn routes() -> Routes {
    vec![
        ("/_mock/journal", get(list).delete(clear)),
        ("/_mock/journal/export", get(export)),
        ("/_mock/journal/entries/{id}", get(one)),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Asked {
    account: Option<String>,
    operation: Option<String>,
    model: Option<String>,
    status: Option<u16>,
    since: Option<String>,
    scenario: Option<String>,
    contains: Option<String>,
    ended: Option<EndedFilter>,
    method: Option<String>,
    limit: Option<usize>,
}

/// The members of [`Asked`] but `limit`, and `follow`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Exported {
    account: Option<String>,
    operation: Option<String>,
    model: Option<String>,
    status: Option<u16>,
    since: Option<String>,
    scenario: Option<String>,
    contains: Option<String>,
    ended: Option<EndedFilter>,
    method: Option<String>,
    follow: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Cleared {
    account: Option<String>,
}

async fn list(
    State(app): State<Arc<App>>,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, Problem> {
    let filter = Filter {
        account: extract::account(asked.account)?,
        operation: asked.operation,
        model: asked.model,
        status: asked.status,
        since: asked.since,
        scenario: asked.scenario,
        contains: asked.contains,
        ended: asked.ended,
        method: asked.method,
        ..Filter::default()
    };
    filter.check(&app.models).map_err(Problem::bad)?;
    let found = app.journal.entries(&filter);
    let limit = asked.limit.unwrap_or(LIMIT);
    let shown = &found[found.len().saturating_sub(limit)..];
    let standing = app.journal.standing();
    Ok(Json(json!({
        "found": found.len(),
        "entries": shown.iter().map(|e| e.to_json()).collect::<Vec<_>>(),
        "kept": standing.entries,
        "bytes": standing.bytes + standing.open_bytes,
        "dropped": standing.dropped,
    })))
}

async fn one(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    match app.journal.entry(&id) {
        Some(entry) => Ok(Json(entry.to_json())),
        None => {
            let text = format!("the journal has no request {id}; it may have gone for newer ones");
            Err(Problem::new(StatusCode::NOT_FOUND, text))
        }
    }
}

async fn clear(
    State(app): State<Arc<App>>,
    Params(cleared): Params<Cleared>,
) -> Result<Json<Value>, Problem> {
    let account = extract::account(cleared.account)?;
    let forgotten = app.journal.clear(account.as_deref());
    Ok(Json(json!({ "forgotten": forgotten })))
}

/// Entries that have ended, one JSON object in each line.
async fn export(
    State(app): State<Arc<App>>,
    Params(asked): Params<Exported>,
) -> Result<impl IntoResponse, Problem> {
    let filter = Filter {
        account: extract::account(asked.account)?,
        operation: asked.operation,
        model: asked.model,
        status: asked.status,
        since: asked.since,
        scenario: asked.scenario,
        contains: asked.contains,
        ended: asked.ended,
        method: asked.method,
        ..Filter::default()
    };
    filter.check(&app.models).map_err(Problem::bad)?;
    let mut follower = Follower::new(Arc::clone(&app.journal), filter);
    let follow = asked.follow;
    let lines = async_stream::stream! {
        while let Some(entries) = follower.next(follow).await {
            for entry in entries {
                let mut line = entry.to_json().to_string();
                line.push('\n');
                yield Ok::<_, Infallible>(Bytes::from(line));
            }
            if !follow {
                break;
            }
        }
    };
    Ok((
        [(CONTENT_TYPE, "application/x-ndjson")],
        Body::from_stream(lines),
    ))
}
