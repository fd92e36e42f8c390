//! ListServiceSpecificCredentials: the keys of a user, or of all, oldest first, without secrets.

use serde::Serialize;
use serde_json::Value;

use super::credential::{self, Credential};
use super::page::{Page, page};
use super::user;
use crate::ops::{Call, Output};
use crate::wire::{ApiError, rows};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let view = call.app.accounts.view(&call.principal.account);
    let all_users = call.input.members.get("AllUsers").and_then(Value::as_bool) == Some(true);
    let name = match (all_users, call.input.text("UserName")) {
        (true, None) => None,
        (true, Some(_)) => return Err(ApiError::row(rows::iam::USER_AND_ALL_USERS)),
        (false, _) => Some(user::named_or_caller(call)?),
    };
    if let Some(name) = name {
        user::require(call, &view, name)?;
    }
    let lists = credential::lists(call.input.text("ServiceName"))?;

    let now = call.app.clock.now_seconds();
    let keys = credential::all(&view, name);
    let entries = keys.iter().filter(|_| lists).map(|key| {
        (
            // Of one second the alias says which came first: +1 follows none.
            format!("{:012}/{:03}/{}", key.created, key.alias.len(), key.id),
            credential::show(key, now),
        )
    });
    let Page {
        entries,
        marker,
        is_truncated,
    } = page(call, entries.collect())?;
    call.answer(&Credentials {
        service_specific_credentials: entries,
        marker,
        is_truncated,
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Credentials {
    service_specific_credentials: Vec<Credential>,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
    is_truncated: bool,
}
