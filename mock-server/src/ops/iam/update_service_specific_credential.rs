//! UpdateServiceSpecificCredential: switches a key on or off. `Expired` is a status that only the
//! clock sets.

use serde_json::{Value, json};

use super::credential;
use crate::ops::Call;
use crate::state::store::{ApiKeyRecord, ApiKeyStatus};
use crate::wire::{ApiError, rows};

pub(super) fn run(call: &Call<'_>) -> Result<Value, ApiError> {
    let status = match call.input.text("Status") {
        Some("Active") => ApiKeyStatus::Active,
        Some("Inactive") => ApiKeyStatus::Inactive,
        _ => return Err(ApiError::row(rows::iam::STATUS_NOT_SETTABLE)),
    };
    call.app.accounts.transact(&call.principal.account, |view| {
        let key = ApiKeyRecord {
            status,
            ..credential::find(call, view)?
        };
        Ok((json!({}), vec![credential::put(&key)]))
    })
}
