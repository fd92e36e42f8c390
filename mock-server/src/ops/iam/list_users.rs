//! ListUsers: the users that were made, by name, those below a path if one is given.

use serde_json::Value;

use super::page::page;
use super::user;
use crate::ops::Call;
use crate::state::store::{Kind, Record};
use crate::wire::ApiError;

pub(super) fn run(call: &Call<'_>) -> Result<Value, ApiError> {
    let account = &call.principal.account;
    let below = call.input.text("PathPrefix").unwrap_or("/");
    let records = call.app.accounts.view(account).list(Kind::User);
    let users = records.iter().filter_map(|(_, record)| match &**record {
        Record::User(user) if user.path.starts_with(below) => Some(user),
        _ => None,
    });
    page(
        call,
        "Users",
        users
            .map(|user| (user.name.clone(), user::show(account, user, false)))
            .collect(),
    )
}
