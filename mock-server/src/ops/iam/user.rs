//! Which user a request means, and how users are shown.
//!
//! A user exists if it was made here. The caller's own user exists as well, since it could sign:
//! access keys that the mock knows without set-up belong to users that nobody made.

use std::sync::Arc;

use serde::Serialize;

use crate::ops::Call;
use crate::ops::timestamp::timestamp;
use crate::state::store::{Change, Kind, Record, UserRecord, View};
use crate::state::unique_id;
use crate::wire::{ApiError, rows};

/// The user that a request names, else the one that signed it.
pub(super) fn named_or_caller<'a>(call: &'a Call<'_>) -> Result<&'a str, ApiError> {
    match call.input.text("UserName") {
        Some(name) => Ok(name),
        None if call.principal.role().is_some() => Err(ApiError::row(rows::iam::CALLER_IS_NO_USER)
            .hint("a role's session signed: add UserName")),
        None => Ok(&call.principal.user),
    }
}

/// Refuses a user that does not exist.
pub(super) fn require(call: &Call<'_>, view: &View<'_>, name: &str) -> Result<(), ApiError> {
    match view.get(Kind::User, name) {
        Some(_) => Ok(()),
        None if is_caller(call, name) => Ok(()),
        None => Err(not_found(name)),
    }
}

/// The user whose name differs from this one in case at most; names are not distinguished by case.
pub(super) fn namesake(view: &View<'_>, name: &str) -> Option<String> {
    if view.get(Kind::User, name).is_some() {
        return Some(name.to_owned());
    }
    let mut users = view.list(Kind::User).into_iter().map(|(known, _)| known);
    users.find(|known| known.eq_ignore_ascii_case(name))
}

/// The refusal of a user that does not exist.
pub(super) fn not_found(name: &str) -> ApiError {
    ApiError::row(rows::iam::USER_NOT_FOUND)
        .with("user", name)
        .hint("aws iam create-user makes it")
}

/// Whether a request is signed by the user of this name.
pub(super) fn is_caller(call: &Call<'_>, name: &str) -> bool {
    call.principal.role().is_none() && call.principal.user == name
}

/// The record of a user that exists without having been made; its id follows from its name.
pub(super) fn unmade(call: &Call<'_>, name: &str) -> UserRecord {
    UserRecord {
        name: name.into(),
        id: unique_id::of_name("AIDA", &call.principal.account, name),
        path: "/".into(),
        created: call.app.clock.now_seconds(),
        tags: Vec::new(),
    }
}

/// The id of a user, made or not.
pub(in crate::ops) fn id_of(view: &View<'_>, account: &str, name: &str) -> String {
    match view.get(Kind::User, name).as_deref() {
        Some(Record::User(user)) => user.id.clone(),
        _ => unique_id::of_name("AIDA", account, name),
    }
}

/// The change that keeps a user.
pub(super) fn put(user: &UserRecord) -> Change {
    Change::Put {
        id: user.name.clone(),
        record: Arc::new(Record::User(user.clone())),
    }
}

/// A user as answers show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct User {
    path: String,
    user_name: String,
    user_id: String,
    arn: String,
    create_date: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
}

/// The output of the operations that answer with one user.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneUser {
    pub(super) user: User,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

/// Returns a user with its tags.
pub(super) fn show(account: &str, user: &UserRecord) -> User {
    let tags = user.tags.iter().map(|(key, value)| Tag {
        key: key.clone(),
        value: value.clone(),
    });
    User {
        tags: tags.collect(),
        ..show_in_list(account, user)
    }
}

/// Returns a user as lists show it, without its tags.
pub(super) fn show_in_list(account: &str, user: &UserRecord) -> User {
    User {
        path: user.path.clone(),
        user_name: user.name.clone(),
        user_id: user.id.clone(),
        arn: format!("arn:aws:iam::{account}:user{}{}", user.path, user.name),
        create_date: timestamp(user.created),
        tags: Vec::new(),
    }
}
