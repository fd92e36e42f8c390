//! GetUser: a user by name, else the caller's. The caller's user begins to exist by this, so that
//! its date of creation stays the same from then on.

use super::user::{self, OneUser};
use crate::ops::{Call, Output};
use crate::state::store::{Kind, Record};
use crate::wire::ApiError;

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let account = &call.principal.account;
    let name = user::named_or_caller(call)?;
    let user = call.app.accounts.transact(account, |view| {
        if let Some(Record::User(found)) = view.get(Kind::User, name).as_deref() {
            return Ok((user::show(account, found), Vec::new()));
        }
        user::require(call, view, name)?;
        let record = user::unmade(call, name);
        let changes = if view.has_room(Kind::User) {
            vec![user::put(&record)]
        } else {
            Vec::new()
        };
        Ok::<_, ApiError>((user::show(account, &record), changes))
    })?;
    call.answer(&OneUser { user })
}
