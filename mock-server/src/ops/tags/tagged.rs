//! The resource that a request's `resourceARN` names, if it can have tags.

use crate::ops::Call;
use crate::state::profiles::{self, Found};
use crate::state::store::{Change, ProfileRecord, Record, View};
use crate::wire::{ApiError, rows};

/// Finds it. System profiles are not the account's to tag; everything else that could be tagged is
/// nothing that the mock has.
pub(super) fn find(call: &Call<'_>, view: &View<'_>) -> Result<ProfileRecord, ApiError> {
    let arn = call.input.text("resourceARN").unwrap_or_default();
    let found = match arn.starts_with("arn:") {
        true => profiles::find(&call.app.catalogue, view, call.asker(), arn),
        false => None,
    };
    match found {
        Some(Found::Application(profile)) => Ok(profile),
        Some(Found::System(_)) => Err(ApiError::row(rows::control::SYSTEM_PROFILE_UNTAGGABLE)),
        None => Err(ApiError::row(rows::control::TAGGED_RESOURCE_NOT_FOUND)
            .with("arn", arn)
            .hint(format!(
                "account {} has nothing of this ARN in {} that can be tagged",
                call.principal.account, call.region
            ))),
    }
}

/// Changes its tags, all or nothing.
pub(super) fn edit(
    call: &Call<'_>,
    edit: impl Fn(&mut ProfileRecord) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    let account = &call.principal.account;
    call.app.accounts.transact(account, |view| {
        let before = find(call, view)?;
        let mut after = before.clone();
        edit(&mut after)?;
        if after == before {
            return Ok(((), Vec::new()));
        }
        let put = Change::Put {
            id: profiles::record_id(&after.region, &after.id),
            record: Record::Profile(after).into(),
        };
        Ok(((), vec![put]))
    })
}
