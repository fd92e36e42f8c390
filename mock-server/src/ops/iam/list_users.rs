//! ListUsers: the users that were made, by name, those below a path if one is given.

use serde::Serialize;

use super::page::{Page, page};
use super::user::{self, User};
use crate::ops::{Call, Output};
use crate::state::store::{Kind, Record};
use crate::wire::ApiError;

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let account = &call.principal.account;
    let below = call.input.text("PathPrefix").unwrap_or("/");
    let records = call.app.accounts.view(account).list(Kind::User);
    let users = records.iter().filter_map(|(_, record)| match &**record {
        Record::User(user) if user.path.starts_with(below) => Some(user),
        _ => None,
    });
    let users = users.map(|user| (user.name.clone(), user::show_in_list(account, user)));
    let Page {
        entries,
        marker,
        is_truncated,
    } = page(call, users.collect())?;
    call.answer(&Users {
        users: entries,
        marker,
        is_truncated,
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Users {
    users: Vec<User>,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
    is_truncated: bool,
}
