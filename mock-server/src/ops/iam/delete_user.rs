//! DeleteUser: only a user without credentials can go.

use super::{credential, user};
use crate::ops::{Call, Output};
use crate::state::store::{Change, Kind};
use crate::wire::{ApiError, rows};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let name = call.input.text("UserName").unwrap_or_default();
    call.app
        .accounts
        .transact(&call.principal.account, |view| {
            if view.get(Kind::User, name).is_none() {
                return Err(user::not_found(name));
            }
            let keys = credential::all(view, Some(name)).len();
            if keys > 0 {
                return Err(ApiError::row(rows::iam::USER_HAS_CREDENTIALS)
                    .hint(format!("{name} still has {keys} credentials")));
            }
            Ok((
                (),
                vec![Change::Delete {
                    kind: Kind::User,
                    id: name.into(),
                }],
            ))
        })?;
    call.answer_nothing()
}
