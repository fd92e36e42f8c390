//! ResetServiceSpecificCredential: a new secret for a key; the old one ends with the answer.
//! Status and expiry stay as they are.

use serde_json::Value;

use super::{credential, secret};
use crate::ops::Call;
use crate::state::store::ApiKeyRecord;
use crate::wire::ApiError;

pub(super) fn run(call: &Call<'_>) -> Result<Value, ApiError> {
    call.app.accounts.transact(&call.principal.account, |view| {
        let key = ApiKeyRecord {
            secret: secret::new(),
            ..credential::find(call, view)?
        };
        let shown = credential::show_with_secret(&key, call.app.now_seconds());
        Ok((shown, vec![credential::put(&key)]))
    })
}
