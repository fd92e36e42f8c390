//! CreateUser: a user by name, with a path and tags. Permissions boundaries are accepted and not
//! kept: the mock has no policies.

use std::collections::HashSet;

use serde_json::Value;

use super::user::{self, OneUser};
use crate::ops::{Call, Output};
use crate::state::store::{Kind, Quota, UserRecord};
use crate::state::unique_id;
use crate::wire::{ApiError, rows};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let account = &call.principal.account;
    let name = call.input.text("UserName").unwrap_or_default();
    let tags = tags(call)?;
    let user = call.app.accounts.transact(account, |view| {
        if let Some(known) = user::namesake(view, name) {
            return Err(ApiError::row(rows::iam::USER_EXISTS)
                .with("user", name)
                .hint(format!("there is {known}; case makes no other name")));
        }
        if !view.has_room(Kind::User) {
            let limit = Quota::of(Kind::User).to_string();
            return Err(ApiError::row(rows::iam::ACCOUNT_FULL)
                .with("quota", "Users")
                .with("limit", &limit));
        }
        let record = UserRecord {
            name: name.into(),
            id: unique_id::new("AIDA", account),
            path: call.input.text("Path").unwrap_or("/").into(),
            created: call.app.clock.now_seconds(),
            tags: tags.clone(),
        };
        Ok((user::show(account, &record), vec![user::put(&record)]))
    })?;
    call.answer(&OneUser { user })
}

/// The tags, none of whose keys may differ from another's in case alone.
fn tags(call: &Call<'_>) -> Result<Vec<(String, String)>, ApiError> {
    let mut keys = HashSet::new();
    let mut tags = Vec::new();
    for tag in call
        .input
        .members
        .get("Tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let text = |name: &str| {
            tag.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let (key, value) = (text("Key"), text("Value"));
        if !keys.insert(key.to_lowercase()) {
            return Err(ApiError::row(rows::iam::TAG_KEY_TWICE)
                .hint(format!("the tag {key} is given twice")));
        }
        tags.push((key, value));
    }
    Ok(tags)
}
