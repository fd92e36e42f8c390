//! CreateServiceSpecificCredential: a long-term API key of a user.
//!
//! A user has at most two. The public part of a key is its user's name, `+N` for every key but
//! the first, `-at-` and the account. Where the founding guide is followed, a user that nobody
//! made exists from here on, for the guide makes keys and no users.

use std::sync::Arc;

use serde_json::Value;

use super::{credential, secret, user};
use crate::ops::{Call, Output};
use crate::state::store::{ApiKeyRecord, ApiKeyStatus, Change, Kind, Quota, Record, View};
use crate::state::unique_id;
use crate::wire::{ApiError, rows};

/// Most keys of one user (IAM API reference, CreateServiceSpecificCredential).
const PER_USER: usize = 2;

const SECONDS_A_DAY: i64 = 86_400;

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let name = user::named_or_caller(call)?;
    let account = &call.principal.account;
    let shown = call.app.accounts.transact(account, |view| {
        let mut changes = user_change(call, view, name)?;
        credential::check_service(call.input.text("ServiceName"))?;
        if credential::all(view, Some(name)).len() >= PER_USER {
            return Err(ApiError::row(rows::iam::TOO_MANY_CREDENTIALS)
                .hint(format!("{name} has {PER_USER} credentials: delete one")));
        }
        if !view.has_room(Kind::ApiKey) {
            return Err(full("ServiceSpecificCredentials", Kind::ApiKey));
        }
        let key = new_key(call, view, name);
        changes.push(credential::put(&key));
        changes.push(Change::Put {
            id: key.alias.clone(),
            record: Arc::new(Record::Alias(key.id.clone())),
        });
        Ok::<_, ApiError>((
            credential::show_with_secret(&key, call.app.clock.now_seconds()),
            changes,
        ))
    })?;
    call.answer(&shown)
}

/// The user must exist, or begins to.
fn user_change(call: &Call<'_>, view: &View<'_>, name: &str) -> Result<Vec<Change>, ApiError> {
    if view.get(Kind::User, name).is_some() {
        return Ok(Vec::new());
    }
    if !user::is_caller(call, name) && !call.model.overlay.switch("users-on-first-use") {
        return Err(user::not_found(name));
    }
    if let Some(known) = user::namesake(view, name) {
        return Err(user::not_found(name).hint(format!("there is {known}; write it so")));
    }
    if !view.has_room(Kind::User) {
        return Err(full("Users", Kind::User));
    }
    Ok(vec![user::put(&user::unmade(call, name))])
}

fn new_key(call: &Call<'_>, view: &View<'_>, name: &str) -> ApiKeyRecord {
    let created = call.app.clock.now_seconds();
    let days = call
        .input
        .members
        .get("CredentialAgeDays")
        .and_then(Value::as_i64);
    ApiKeyRecord {
        id: unique_id::new("ACCA", &call.principal.account),
        user: name.into(),
        alias: free_alias(view, &call.principal.account, name),
        secret: secret::new(),
        status: ApiKeyStatus::Active,
        created,
        expires: days.map(|days| created + days * SECONDS_A_DAY),
    }
}

/// The first alias that nobody has. A user may be called like another one's second key (`a+1`),
/// so counting a user's keys is not enough.
fn free_alias(view: &View<'_>, account: &str, name: &str) -> String {
    let mut number = 0_usize;
    loop {
        let marker = if number == 0 {
            String::new()
        } else {
            format!("+{number}")
        };
        let alias = format!("{name}{marker}-at-{account}");
        if view.get(Kind::Alias, &alias).is_none() {
            return alias;
        }
        number += 1;
    }
}

fn full(quota: &str, kind: Kind) -> ApiError {
    ApiError::row(rows::iam::ACCOUNT_FULL)
        .with("quota", quota)
        .with("limit", &Quota::of(kind).to_string())
}
