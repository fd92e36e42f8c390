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
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::account;
use super::{Params, Problem, Routes};
use crate::app::App;
use crate::scenarios::clause::Clause;
use crate::scenarios::lint::{Known, lint_texts};
use crate::scenarios::loaded::Entry;
use crate::scenarios::locate::utf8;
use crate::scenarios::scenario::Scenario;
use crate::scenarios::{Located, SCHEMA, document};

/// Largest body, bytes.
const MOST: usize = 64 * 1024 * 1024;
/// Largest body that is linted, bytes.
const LINTED: usize = 8 * 1024 * 1024;
/// Larger bodies are read one after the other, bytes: together they would take every core from those
/// who only ask.
const LARGE: usize = 64 * 1024;

pub(super) fn routes() -> Routes {
    let all = get(list).put(replace).post(add).delete(clear);
    vec![
        ("/_mock/scenarios", all.layer(DefaultBodyLimit::max(MOST))),
        ("/_mock/scenarios/schema", get(schema)),
        ("/_mock/scenarios/{id}", delete(remove)),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    account: Option<String>,
}

type Told = Result<(StatusCode, Json<Value>), Problem>;

async fn list(State(app): State<Arc<App>>, Params(whose): Params<Whose>) -> Told {
    let account = account(whose.account)?;
    let entries = app.scenarios.list(account.as_deref());
    let shown: Vec<Value> = entries
        .iter()
        .map(|e| show(e, account.as_deref()))
        .collect();
    Ok((StatusCode::OK, Json(json!({ "scenarios": shown }))))
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

async fn replace(State(app): State<Arc<App>>, Params(whose): Params<Whose>, body: Bytes) -> Told {
    let account = account(whose.account)?;
    // Reading megabytes takes seconds, in which a request's own worker would answer nobody else.
    let put = tokio::task::spawn_blocking(move || put(&app, account.as_deref(), &body));
    put.await.unwrap_or_else(|_| {
        let text = "the body could not be read; this is the mock's own mistake, please report it";
        Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, text))
    })
}

fn put(app: &App, account: Option<&str>, body: &Bytes) -> Told {
    let _one = (body.len() > LARGE).then(|| app.scenarios.reading());
    let text = text(body)?;
    let scenarios = document::read("body", text, &app.models).map_err(|p| wrong(&p))?;
    scenarios
        .iter()
        .try_for_each(|s| same_account(s, account))?;
    let count = scenarios.len();
    app.scenarios.put(account, scenarios).map_err(full)?;
    let mut told = json!({ "scenarios": count, "warnings": [] });
    match text.len() > LINTED {
        false => told["warnings"] = odd(app, text).into(),
        true => {
            told["skipped"] = format!(
                "the body has {} bytes; above {LINTED} nothing is linted here: bedrock-mock lint FILE does it",
                text.len()
            )
            .into();
        }
    }
    Ok((StatusCode::OK, Json(told)))
}

async fn add(State(app): State<Arc<App>>, Params(whose): Params<Whose>, body: Bytes) -> Told {
    let account = account(whose.account)?;
    let scenario = document::read_one("body", text(&body)?, &app.models).map_err(|p| wrong(&p))?;
    same_account(&scenario, account.as_deref())?;
    let name = scenario.name.clone();
    let added = app.scenarios.add(account.as_deref(), Arc::new(scenario));
    added.map_err(full)?;
    Ok((StatusCode::CREATED, Json(json!({ "name": name }))))
}

async fn clear(State(app): State<Arc<App>>, Params(whose): Params<Whose>) -> Told {
    let account = account(whose.account)?;
    app.scenarios
        .put(account.as_deref(), Vec::new())
        .map_err(full)?;
    Ok((StatusCode::OK, Json(json!({ "scenarios": 0 }))))
}

async fn remove(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Params(whose): Params<Whose>,
) -> Told {
    let account = account(whose.account)?;
    if app.scenarios.remove(account.as_deref(), &name) {
        return Ok((StatusCode::OK, Json(json!({ "removed": name }))));
    }
    let owner = account.map_or_else(|| "all accounts".into(), |a| format!("account {a}"));
    let text = format!(
        "{owner}: no scenario {name:?} was put here; GET /_mock/scenarios lists them, and those of files stay"
    );
    Err(Problem::new(StatusCode::NOT_FOUND, text))
}

async fn schema() -> Response {
    ([(CONTENT_TYPE, "application/schema+json")], SCHEMA).into_response()
}

fn text(body: &Bytes) -> Result<&str, Problem> {
    utf8("body", body).map_err(|p| Problem::bad(&p.message).at(p.line, p.column))
}

/// What `lint` finds odd about scenarios that load: line, column and message of each.
fn odd(app: &App, text: &str) -> Vec<Value> {
    let known = Known {
        models: &app.models,
        catalogue: &app.catalogue,
    };
    let (found, _) = lint_texts(&[("body".into(), text.into())], known);
    let told = found.into_iter().map(|finding| {
        let Located {
            line,
            column,
            message,
            ..
        } = finding.at;
        json!({ "line": line, "column": column, "message": message })
    });
    told.collect()
}

/// A scenario of one account that matches another one alone would never answer.
fn same_account(scenario: &Scenario, owner: Option<&str>) -> Result<(), Problem> {
    let Some(owner) = owner else { return Ok(()) };
    let mut clauses = scenario.matcher.clauses.iter();
    let other = clauses.find_map(|clause| match clause {
        Clause::Account(account) if account != owner => Some(account),
        _ => None,
    });
    match other {
        None => Ok(()),
        Some(other) => Err(Problem::bad(format!(
            "scenario {:?} is put for account {owner} (?account=) and matches account {other}, so it would never answer; leave one of them out",
            scenario.name
        ))),
    }
}

/// Everything that is wrong with a body.
fn wrong(problems: &[Located]) -> Problem {
    let mut all = problems
        .iter()
        .map(|p| Problem::bad(&p.message).at(p.line, p.column));
    let first = all
        .next()
        .unwrap_or_else(|| Problem::bad("the body is wrong"));
    first.with(all.collect())
}

/// Too many accounts have scenarios.
fn full(why: String) -> Problem {
    Problem::new(StatusCode::CONFLICT, why)
}
