//! GetUser: a user by name, else the caller's. The caller's user begins to exist by this, so that
//! its date of creation stays the same from then on.

use serde_json::{Value, json};

use super::user;
use crate::ops::Call;
use crate::state::store::{Kind, Record};
use crate::wire::ApiError;

pub(super) fn run(call: &Call<'_>) -> Result<Value, ApiError> {
    let account = &call.principal.account;
    let name = user::named_or_caller(call)?;
    call.app.accounts.transact(account, |view| {
        let shown = |user: &_| json!({ "User": user::show(account, user, true) });
        if let Some(Record::User(found)) = view.get(Kind::User, name).as_deref() {
            return Ok((shown(found), Vec::new()));
        }
        user::require(call, view, name)?;
        let record = user::unmade(call, name);
        let changes = if view.has_room(Kind::User) {
            vec![user::put(&record)]
        } else {
            Vec::new()
        };
        Ok((shown(&record), changes))
    })
}
