//! GetInferenceProfile: a system or application profile, by id or ARN.

use super::summary::Summary;
use crate::ops::{Call, Output};
use crate::state::profiles;
use crate::wire::{ApiError, rows};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let identifier = call
        .input
        .text("inferenceProfileIdentifier")
        .unwrap_or_default();
    let view = call.app.accounts.view(&call.principal.account);
    let found = profiles::find(&call.app.catalogue, &view, call.asker(), identifier);
    let Some(found) = found else {
        return Err(
            ApiError::row(rows::control::PROFILE_NOT_FOUND).hint(format!(
                "account {} sees no profile {identifier} in {}",
                call.principal.account, call.region
            )),
        );
    };
    call.answer(&Summary::found(call.asker(), &found))
}
