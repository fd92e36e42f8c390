//! `/_mock/accounts`: a new account with its credentials, and the accounts that the mock knows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use super::clock::rfc3339;
use super::{JsonBody, Problem, Routes, extract};
use crate::account::is_region;
use crate::app::App;
use crate::auth::KNOWN_SECRET;
use crate::auth::api_key::{long_term, short_term};
use crate::state::store::Kind;

pub(super) fn routes() -> Routes {
    vec![("/_mock/accounts", get(list).post(mint))]
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct Wanted {
    account: Option<String>,
    region: Option<String>,
    user_name: Option<String>,
}

/// The credentials of an account; of one that nobody used yet unless it is named. They need nothing of
/// this mock: every mock takes them.
async fn mint(
    State(app): State<Arc<App>>,
    JsonBody(wanted): JsonBody<Wanted>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let region = wanted.region.unwrap_or_else(|| app.config.region.clone());
    if !is_region(&region) {
        return Err(Problem::bad(format!(
            "region {region}: expected a region such as us-west-2"
        )));
    }
    let user = wanted.user_name.as_deref().unwrap_or("mock");
    let fits = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if !(1..=64).contains(&user.len()) || !user.chars().all(fits) {
        return Err(Problem::bad(format!(
            "userName {user}: expected 1 to 64 letters, digits or +=,.@_-"
        )));
    }
    let account = match extract::account(wanted.account)? {
        Some(account) => account,
        None => app.unused_account(),
    };
    app.issued_accounts.remember(&account);
    // Clients would sign by the wall clock, so this key is made by it.
    let now = SystemTime::now();
    let life = short_term::LONGEST_LIFE;
    let short = short_term::mint(&account, KNOWN_SECRET, None, &region, now, life);
    let body = json!({
        "account": account,
        "region": region,
        "accessKeyId": account,
        "secretAccessKey": KNOWN_SECRET,
        "apiKey": long_term::mint_development(&format!("{user}-at-{account}")),
        "shortTermApiKey": short,
        "shortTermApiKeyExpires": rfc3339(now + Duration::from_secs(life)),
    });
    Ok((StatusCode::CREATED, Json(body)))
}

/// Accounts that were issued_accounts, that have records or that have journal entries.
async fn list(State(app): State<Arc<App>>) -> Json<Value> {
    let entries: BTreeMap<String, usize> = app.journal.accounts().into_iter().collect();
    let mut accounts = app.issued_accounts.all();
    accounts.extend(app.accounts.known());
    accounts.extend(entries.keys().cloned());
    accounts.sort_unstable();
    accounts.dedup();
    let accounts = accounts.iter().map(|account| {
        let view = app.accounts.view(account);
        json!({
            "account": account,
            "profiles": view.count(Kind::Profile),
            "users": view.count(Kind::User),
            "apiKeys": view.count(Kind::ApiKey),
            "sessions": view.count(Kind::Session),
            "journalEntries": entries.get(account).copied().unwrap_or_default(),
        })
    });
    Json(json!({ "accounts": accounts.collect::<Vec<_>>() }))
}
