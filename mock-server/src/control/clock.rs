//! `/_mock/clock`: read it, set it, freeze it, let it go on, advance it, let it show wall time.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Json;
use axum::extract::State;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::extract::Nothing;
use super::{JsonBody, Params, Problem, Routes};
use crate::app::App;
use crate::state::clock::OutOfRange;

pub(super) fn routes() -> Routes {
    vec![
        ("/_mock/clock", get(read).put(set).delete(reset)),
        ("/_mock/clock/advance", post(advance)),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Set {
    now: Option<String>,
    frozen: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: f64,
}

async fn read(State(app): State<Arc<App>>, _: Params<Nothing>) -> Json<Value> {
    told(&app)
}

fn told(app: &App) -> Json<Value> {
    let reading = app.clock.read();
    Json(json!({
        "now": rfc3339(reading.now),
        "wall": rfc3339(reading.wall),
        "frozen": reading.frozen,
    }))
}

async fn set(
    state: State<Arc<App>>,
    _: Params<Nothing>,
    JsonBody(set): JsonBody<Set>,
) -> Result<Json<Value>, Problem> {
    let now = set.now.as_deref().map(moment).transpose()?;
    let put = state.0.clock.put(now, set.frozen);
    put.map_err(out_of_range)?;
    Ok(told(&state.0))
}

async fn advance(
    state: State<Arc<App>>,
    _: Params<Nothing>,
    JsonBody(by): JsonBody<Advance>,
) -> Result<Json<Value>, Problem> {
    let range = |seconds: f64| {
        Problem::bad(format!(
            "seconds {seconds}: expected 0 or more, and no more than leads to 9898-12-31T23:59:59Z"
        ))
    };
    let seconds = by.seconds;
    let by = Duration::try_from_secs_f64(seconds).map_err(|_| range(seconds))?;
    state.0.clock.advance(by).map_err(|_| range(seconds))?;
    Ok(told(&state.0))
}

async fn reset(state: State<Arc<App>>, _: Params<Nothing>) -> Json<Value> {
    state.0.clock.reset();
    told(&state.0)
}

/// A moment as the control API writes it.
pub(super) fn rfc3339(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    time.format(&Rfc3339).unwrap_or_default()
}

fn moment(text: &str) -> Result<SystemTime, Problem> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map(SystemTime::from)
        .map_err(|e| {
            Problem::bad(format!(
                "now {text}: expected a moment such as 2026-11-01T09:00:00Z: {e}"
            ))
        })
}

fn out_of_range(error: OutOfRange) -> Problem {
    Problem::bad(error.to_string())
}
