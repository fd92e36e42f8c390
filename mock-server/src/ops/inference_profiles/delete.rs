//! DeleteInferenceProfile: an application profile, by id or ARN.
//!
//! A profile that a catalogue layer declares goes too; it leaves a mark, because the layer will
//! declare it again. Nothing in the mock uses profiles, so none is ever "in use".

use super::idempotency;
use crate::ops::{Call, Output};
use crate::state::profiles::{self, Found};
use crate::state::store::{Change, Kind, Record, View};
use crate::wire::{ApiError, rows};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let account = &call.principal.account;
    call.app
        .accounts
        .transact(account, |view| Ok::<_, ApiError>(((), decide(call, view)?)))?;
    call.answer_nothing()
}

fn decide(call: &Call<'_>, view: &View<'_>) -> Result<Vec<Change>, ApiError> {
    let identifier = call
        .input
        .text("inferenceProfileIdentifier")
        .unwrap_or_default();
    let found = profiles::find(&call.app.catalogue, view, call.asker(), identifier);
    let id = match found {
        Some(Found::Application(profile)) => profile.id,
        Some(Found::System(_)) => return Err(ApiError::row(rows::control::SYSTEM_PROFILE_KEPT)),
        None => return Err(ApiError::row(rows::control::PROFILE_NOT_FOUND)),
    };
    let record_id = profiles::record_id(call.region, &id);
    let mut changes = idempotency::forget(view, call.region, &id);
    changes.push(Change::Delete {
        kind: Kind::Profile,
        id: record_id.clone(),
    });
    if profiles::is_declared(&call.app.catalogue, call.asker(), &id) {
        changes.push(Change::Put {
            id: record_id,
            record: Record::Removed.into(),
        });
    }
    Ok(changes)
}
