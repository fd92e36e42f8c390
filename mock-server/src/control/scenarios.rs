//! `/_mock/scenarios`: what certain requests are answered with.
//!
//! | | |
//! |---|---|
//! | `GET` | the scenarios with their counts; `?account=` those that the account meets |
//! | `PUT` | replaces those of `?account=`, or those for all accounts, by a scenario file |
//! | `POST` | adds one scenario; one of the same name is replaced |
//! | `DELETE` | takes all of them away; `/{name}` takes one |
//! | `GET /schema` | the JSON Schema of scenario files |
//!
//! Scenarios of files are listed, and stay.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Routes;
use crate::config::is_account;
use crate::scenarios::entry::Entry;
use crate::scenarios::{Located, SCHEMA, set};
use crate::state::App;

/// Largest body, bytes.
const MOST: usize = 64 * 1024 * 1024;

pub(super) fn routes() -> Routes {
    let all = get(list).put(replace).post(add).delete(clear);
    vec![
        ("/_mock/scenarios", all.layer(DefaultBodyLimit::max(MOST))),
        ("/_mock/scenarios/schema", get(schema)),
        ("/_mock/scenarios/{name}", delete(remove)),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    account: Option<String>,
}

impl Whose {
    fn account(&self) -> Result<Option<&str>, Box<Response>> {
        match self.account.as_deref() {
            Some(account) if !is_account(account) => Err(Box::new(refuse(
                StatusCode::BAD_REQUEST,
                &format!("account: an account has 12 digits, this is {account:?}"),
            ))),
            account => Ok(account),
        }
    }
}

async fn list(State(app): State<Arc<App>>, Query(whose): Query<Whose>) -> Response {
    let account = match whose.account() {
        Ok(account) => account,
        Err(refusal) => return *refusal,
    };
    let entries = app.scenarios.list(account);
    let shown: Vec<Value> = entries.iter().map(|e| show(e, account)).collect();
    Json(json!({ "scenarios": shown })).into_response()
}

fn show(entry: &Entry, account: Option<&str>) -> Value {
    let scenario = &entry.scenario;
    let mut out = json!({
        "name": scenario.name,
        "origin": entry.origin,
        "account": entry.account,
        "hits": entry.hits(),
        "times": scenario.times,
        "scenario": scenario.written,
    });
    if let Some(account) = account {
        let hits = entry.hits_of(account);
        out["hitsOfAccount"] = hits.into();
        out["exhausted"] = scenario.step(hits).is_none().into();
    }
    out
}

async fn replace(State(app): State<Arc<App>>, Query(whose): Query<Whose>, body: Bytes) -> Response {
    let account = match whose.account() {
        Ok(account) => account,
        Err(refusal) => return *refusal,
    };
    let read = text(&body).and_then(|text| set::read("body", text, &app.models));
    match read {
        Ok(scenarios) => {
            let count = scenarios.len();
            match app.scenarios.put(account, scenarios) {
                Ok(()) => Json(json!({ "scenarios": count })).into_response(),
                Err(why) => refuse(StatusCode::CONFLICT, &why),
            }
        }
        Err(problems) => told(&problems),
    }
}

async fn add(State(app): State<Arc<App>>, Query(whose): Query<Whose>, body: Bytes) -> Response {
    let account = match whose.account() {
        Ok(account) => account,
        Err(refusal) => return *refusal,
    };
    match text(&body).and_then(|text| set::read_one("body", text, &app.models)) {
        Ok(scenario) => {
            let name = scenario.name.clone();
            match app.scenarios.add(account, Arc::new(scenario)) {
                Ok(_) => (StatusCode::CREATED, Json(json!({ "name": name }))).into_response(),
                Err(why) => refuse(StatusCode::CONFLICT, &why),
            }
        }
        Err(problems) => told(&problems),
    }
}

async fn clear(State(app): State<Arc<App>>, Query(whose): Query<Whose>) -> Response {
    match whose.account() {
        Ok(account) => match app.scenarios.put(account, Vec::new()) {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(why) => refuse(StatusCode::CONFLICT, &why),
        },
        Err(refusal) => *refusal,
    }
}

async fn remove(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Query(whose): Query<Whose>,
) -> Response {
    match whose.account() {
        Ok(account) if app.scenarios.remove(account, &name) => {
            StatusCode::NO_CONTENT.into_response()
        }
        Ok(account) => {
            let owner = account.map_or_else(|| "all accounts".into(), |a| format!("account {a}"));
            refuse(
                StatusCode::NOT_FOUND,
                &format!(
                    "{owner} has no scenario {name:?} that was put here; GET /_mock/scenarios lists them"
                ),
            )
        }
        Err(refusal) => *refusal,
    }
}

async fn schema() -> Response {
    ([(CONTENT_TYPE, "application/schema+json")], SCHEMA).into_response()
}

fn text(body: &Bytes) -> Result<&str, Vec<Located>> {
    std::str::from_utf8(body).map_err(|e| {
        vec![Located {
            file: "body".into(),
            line: 1,
            column: 1,
            message: format!("this is no UTF-8: {e}"),
        }]
    })
}

/// Everything that is wrong with a body; the first in the members of every refusal.
fn told(problems: &[Located]) -> Response {
    let one = |p: &Located| json!({ "message": p.message, "line": p.line, "column": p.column });
    let mut body = problems.first().map(one).unwrap_or_default();
    body["problems"] = problems.iter().map(one).collect();
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message }))).into_response()
}
