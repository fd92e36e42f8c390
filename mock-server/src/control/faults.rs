//! `/_mock/faults`: the rules by which answers go wrong.
//!
//! | request | does |
//! |---|---|
//! | `GET /_mock/faults[?account=]` | lists rules with their hits |
//! | `GET /_mock/faults/kinds` | lists the kinds of faults with their parameters |
//! | `POST` or `PUT /_mock/faults[?account=]` | adds a rule, or a list of them |
//! | `DELETE /_mock/faults[?account=]` | takes all away, or those of one account |
//! | `DELETE /_mock/faults/ID[?account=]` | takes one away: the account's, or the one for all accounts |

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Params, Problem, Routes, extract};
use crate::app::App;
use crate::faults::{KINDS, Rule, RuleError};
use crate::scenarios::locate::utf8;

/// The routes, with paths from the root.
pub(super) fn routes() -> Routes {
    let all = get(list).post(add).put(add).delete(remove_all);
    vec![
        ("/_mock/faults", all),
        ("/_mock/faults/kinds", get(kinds)),
        ("/_mock/faults/{id}", delete(remove)),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Asked {
    account: Option<String>,
}

async fn list(
    State(app): State<Arc<App>>,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, Problem> {
    let account = extract::account(asked.account)?;
    let rules = app.faults.list(account.as_deref());
    let rules: Vec<Value> = rules.iter().map(|rule| rule.to_value()).collect();
    Ok(Json(json!({ "faults": rules })))
}

async fn kinds(_: Params<extract::Nothing>) -> Json<Value> {
    Json(json!({ "kinds": KINDS }))
}

async fn add(
    State(app): State<Arc<App>>,
    Params(asked): Params<Asked>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let account = extract::account(asked.account)?;
    let text = utf8("body", &body).map_err(|p| Problem::bad(p.message).at(p.line, p.column))?;
    let mut rules = Rule::read_all(text)?;
    for rule in &mut rules {
        if rule.wanted.account.is_none() {
            rule.wanted.account.clone_from(&account);
        }
    }
    let ids = app.faults.add_all(rules, &app.models);
    let ids = ids.map_err(|e| e.located(text))?;
    Ok((StatusCode::CREATED, Json(json!({ "ids": ids }))))
}

async fn remove_all(
    State(app): State<Arc<App>>,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, Problem> {
    let account = extract::account(asked.account)?;
    let removed = app.faults.clear(account.as_deref());
    Ok(Json(json!({ "removed": removed })))
}

async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, Problem> {
    let account = extract::account(asked.account)?;
    if app.faults.remove(&id, account.as_deref()) {
        return Ok(Json(json!({ "removed": 1 })));
    }
    let owner = account.map_or_else(|| "all accounts".into(), |a| format!("account {a}"));
    let text = format!(
        "there is no fault rule {id:?} for {owner}: GET /_mock/faults lists them, and ?account= names the account of one"
    );
    Err(Problem::new(StatusCode::NOT_FOUND, text))
}

impl From<RuleError> for Problem {
    fn from(error: RuleError) -> Self {
        let problem = Self::bad(error.message);
        match error.at {
            Some((line, column)) => problem.at(line, column),
            None => problem,
        }
    }
}
