//! UpdateServiceSpecificCredential: switches a key on or off. `Expired` is a status that only the
//! clock sets.

use super::credential;
use crate::ops::{Call, Output};
use crate::state::store::{ApiKeyRecord, ApiKeyStatus};
use crate::wire::{ApiError, rows};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let status = match call.input.text("Status") {
        Some("Active") => ApiKeyStatus::Active,
        Some("Inactive") => ApiKeyStatus::Inactive,
        _ => return Err(ApiError::row(rows::iam::STATUS_NOT_SETTABLE)),
    };
    call.app
        .accounts
        .transact(&call.principal.account, |view| {
            let key = ApiKeyRecord {
                status,
                ..credential::find(call, view)?
            };
            Ok::<_, ApiError>(((), vec![credential::put(&key)]))
        })?;
    call.answer_nothing()
}
