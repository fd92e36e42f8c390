//! `/_mock/faults`: the rules by which answers go wrong.
//!
//! | request | does |
//! |---|---|
//! | `GET /_mock/faults[?account=]` | lists rules with their hits |
//! | `GET /_mock/faults/kinds` | lists the kinds of faults with their parameters |
//! | `POST` or `PUT /_mock/faults[?account=]` | adds a rule, or a list of them |
//! | `DELETE /_mock/faults[?account=]` | takes all away, or those of one account |
//! | `DELETE /_mock/faults/ID` | takes one away |

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{delete, get};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Routes;
use crate::config::is_account;
use crate::faults::{KINDS, Rule, RuleError};
use crate::state::App;

/// The routes, with paths from the root.
pub(super) fn routes() -> Routes {
    let all = get(list).post(add).put(add).delete(remove_all);
    vec![
        ("/_mock/faults", all),
        ("/_mock/faults/kinds", get(kinds)),
        ("/_mock/faults/{id}", delete(remove)),
    ]
}

type Refusal = (StatusCode, Json<Value>);

#[derive(Deserialize)]
struct Asked {
    account: Option<String>,
}

impl Asked {
    fn account(&self) -> Result<Option<&str>, Refusal> {
        let account = self.account.as_deref();
        match account.is_none_or(is_account) {
            true => Ok(account),
            false => Err(refuse("account: expected 12 digits")),
        }
    }
}

async fn list(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, Refusal> {
    let rules = app.faults.list(asked.account()?);
    let rules: Vec<Value> = rules.iter().map(|rule| rule.to_value()).collect();
    Ok(Json(json!({ "faults": rules })))
}

async fn kinds() -> Json<Value> {
    Json(json!({ "kinds": KINDS }))
}

async fn add(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let account = asked.account()?;
    let text = std::str::from_utf8(&body).map_err(|_| refuse("the body is not UTF-8"))?;
    let mut rules = Rule::read_all(text).map_err(|e| at(&e))?;
    for rule in &mut rules {
        if rule.wanted.account.is_none() {
            rule.wanted.account = account.map(Into::into);
        }
    }
    let ids = app.faults.add_all(rules, &app.models);
    let ids = ids.map_err(|e| at(&e.located(text)))?;
    let answer = json!({ "ids": ids });
    Ok((StatusCode::CREATED, Json(answer)))
}

async fn remove_all(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, Refusal> {
    let removed = app.faults.reset(asked.account()?);
    Ok(Json(json!({ "removed": removed })))
}

async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    match app.faults.remove(&id) {
        true => Ok(Json(json!({ "removed": 1 }))),
        false => {
            let text = format!("there is no fault rule {id:?}: GET /_mock/faults lists them");
            Err((StatusCode::NOT_FOUND, Json(json!({ "message": text }))))
        }
    }
}

fn at(error: &RuleError) -> Refusal {
    refuse(&format!("body:{error}"))
}

fn refuse(message: &str) -> Refusal {
    (StatusCode::BAD_REQUEST, Json(json!({ "message": message })))
}
