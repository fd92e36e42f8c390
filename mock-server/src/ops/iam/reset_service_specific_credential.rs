//! ResetServiceSpecificCredential: a new secret for a key; the old one ends with the answer.
//! Status and expiry stay as they are.

use super::{credential, secret};
use crate::ops::{Call, Output};
use crate::state::store::ApiKeyRecord;
use crate::wire::ApiError;

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let shown = call
        .app
        .accounts
        .transact(&call.principal.account, |view| {
            let key = ApiKeyRecord {
                secret: secret::new(),
                ..credential::find(call, view)?
            };
            let shown = credential::show_with_secret(&key, call.app.clock.now_seconds());
            Ok::<_, ApiError>((shown, vec![credential::put(&key)]))
        })?;
    call.answer(&shown)
}
