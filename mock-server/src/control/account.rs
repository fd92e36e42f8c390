//! `/_mock/accounts/{id}`: what one account made; no secrets.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use axum::Json;
use axum::extract::{Path, State};
use axum::routing::get;
use serde_json::{Value, json};

use super::clock::rfc3339;
use super::{Problem, Routes, extract};
use crate::app::App;
use crate::state::store::{ApiKeyRecord, ApiKeyStatus, Kind, ProfileRecord, Record, View};

pub(super) fn routes() -> Routes {
    vec![("/_mock/accounts/{id}", get(show))]
}

/// Profiles, API keys and users of an account; empty lists for one that made nothing.
async fn show(
    State(app): State<Arc<App>>,
    Path(account): Path<String>,
) -> Result<Json<Value>, Problem> {
    let account = extract::account(Some(account))?.unwrap_or_default();
    let view = app.accounts.view(&account);
    let now = app.clock.now_seconds();
    Ok(Json(json!({
        "account": account,
        "profiles": records(&view, Kind::Profile, |record| match record {
            Record::Profile(made) => Some(profile(made)),
            _ => None,
        }),
        "apiKeys": records(&view, Kind::ApiKey, |record| match record {
            Record::ApiKey(made) => Some(api_key(made, now)),
            _ => None,
        }),
        "users": records(&view, Kind::User, |record| match record {
            Record::User(made) => Some(json!({ "name": made.name, "id": made.id })),
            _ => None,
        }),
    })))
}

fn records(view: &View<'_>, kind: Kind, told: impl Fn(&Record) -> Option<Value>) -> Value {
    view.list(kind)
        .iter()
        .filter_map(|(_, record)| told(record))
        .collect()
}

fn profile(made: &ProfileRecord) -> Value {
    json!({ "arn": made.arn, "name": made.name, "source": made.source, "region": made.region })
}

fn api_key(made: &ApiKeyRecord, now: i64) -> Value {
    let expired = made.expires.is_some_and(|at| at <= now);
    let status = match made.status {
        _ if expired => "Expired",
        ApiKeyStatus::Active => "Active",
        ApiKeyStatus::Inactive => "Inactive",
    };
    let mut out =
        json!({ "id": made.id, "alias": made.alias, "user": made.user, "status": status });
    if let Some(at) = made.expires.and_then(|at| u64::try_from(at).ok()) {
        out["expires"] = rfc3339(UNIX_EPOCH + Duration::from_secs(at)).into();
    }
    out
}
