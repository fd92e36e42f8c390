//! ListServiceSpecificCredentials: the keys of a user, or of all, oldest first, without secrets.

use serde_json::Value;

use super::page::page;
use super::{credential, user};
use crate::ops::Call;
use crate::wire::{ApiError, rows};

pub(super) fn run(call: &Call<'_>) -> Result<Value, ApiError> {
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

    let now = call.app.now_seconds();
    let keys = credential::all(&view, name);
    let entries = keys.iter().filter(|_| lists).map(|key| {
        (
            // Of one second the alias says which came first: +1 follows none.
            format!("{:012}/{:03}/{}", key.created, key.alias.len(), key.id),
            credential::show(key, now),
        )
    });
    page(call, "ServiceSpecificCredentials", entries.collect())
}
