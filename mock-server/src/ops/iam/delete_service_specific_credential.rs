//! DeleteServiceSpecificCredential: a key ends, and its alias is free again.

use serde_json::{Value, json};

use super::credential;
use crate::ops::Call;
use crate::state::store::{Change, Kind};
use crate::wire::ApiError;

pub(super) fn run(call: &Call<'_>) -> Result<Value, ApiError> {
    call.app.accounts.transact(&call.principal.account, |view| {
        let key = credential::find(call, view)?;
        let changes = vec![
            Change::Delete {
                kind: Kind::ApiKey,
                id: key.id,
            },
            Change::Delete {
                kind: Kind::Alias,
                id: key.alias,
            },
        ];
        Ok((json!({}), changes))
    })
}
