//! CreateInferenceProfile: an application profile, made from a foundation model of the region or
//! from a system profile, whose models it takes over.
//!
//! Declared profiles do not take names: they are pasted from elsewhere, and the founding guide makes
//! a profile with the name of the one that its own layer declares.

use std::time::UNIX_EPOCH;

use serde::Serialize;
use serde_json::{Value, json};

use super::idempotency::Token;
use crate::ops::tags::tag_list;
use crate::ops::{Call, Output};
use crate::state::profiles;
use crate::state::store::{Change, Kind, ProfileRecord, Record, View};
use crate::wire::{ApiError, rows};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let wanted = read(call)?;
    let token = call.input.text("clientRequestToken").map(|token| {
        let mut tags = wanted.tags.clone();
        tags.sort();
        let ProfileRecord {
            name,
            description,
            source,
            ..
        } = &wanted;
        let parameters = json!([name, description, source, tags]).to_string();
        Token::new(call.region, token, &parameters)
    });
    let account = &call.principal.account;
    let arn = call
        .app
        .accounts
        .transact(account, |view| decide(view, &wanted, token.as_ref()))?;
    call.answer(&Created {
        inference_profile_arn: arn,
        status: "ACTIVE",
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    inference_profile_arn: String,
    status: &'static str,
}

/// The profile as the request wants it, without an id.
fn read(call: &Call<'_>) -> Result<ProfileRecord, ApiError> {
    let text = |name| call.input.text(name).map(str::to_owned);
    let copy_from = call
        .input
        .members
        .get("modelSource")
        .and_then(|source| source.get("copyFrom"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    let bare_ids = call.app.switch("copy-from-bare-ids");
    let found = profiles::source(call.app.resolver(), call.asker(), copy_from, bare_ids);
    let Some((source, models)) = found else {
        return Err(ApiError::row(rows::control::COPY_FROM_INVALID).hint(format!(
            "{copy_from} is no foundation model that can be called on demand and no system profile of account {} in {}",
            call.principal.account, call.region
        )));
    };
    let now = call
        .app
        .clock
        .now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Ok(ProfileRecord {
        arn: format!(
            "arn:aws:bedrock:{}:{}:application-inference-profile/",
            call.region, call.principal.account
        ),
        region: call.region.to_owned(),
        id: String::new(),
        name: text("inferenceProfileName").unwrap_or_default(),
        description: text("description"),
        source,
        models,
        created_ns: i64::try_from(now.as_nanos()).unwrap_or(i64::MAX),
        tags: tag_list::read(call.input.members.get("tags"))?,
    })
}

/// The ARN of the profile, and the changes that make it.
fn decide(
    view: &View<'_>,
    wanted: &ProfileRecord,
    token: Option<&Token<'_>>,
) -> Result<(String, Vec<Change>), ApiError> {
    if let Some(token) = token
        && let Some(made) = token.made(view)?
    {
        return Ok((format!("{}{made}", wanted.arn), Vec::new()));
    }
    let made = profiles::made(view, &wanted.region);
    if made.iter().any(|profile| profile.name == wanted.name) {
        return Err(ApiError::row(rows::control::PROFILE_NAME_TAKEN).with("name", &wanted.name));
    }
    if !view.has_room(Kind::Profile) {
        return Err(ApiError::row(rows::control::PROFILE_QUOTA));
    }
    let id = new_id(view, &wanted.region);
    let profile = ProfileRecord {
        arn: format!("{}{id}", wanted.arn),
        id: id.clone(),
        ..wanted.clone()
    };
    tag_list::check_size(&profile.tags, &profile.arn)?;
    let arn = profile.arn.clone();
    let mut changes = vec![Change::Put {
        id: profiles::record_id(&wanted.region, &id),
        record: Record::Profile(profile).into(),
    }];
    changes.extend(token.map(|token| token.remember(&id)));
    Ok((arn, changes))
}

/// Twelve lower-case letters and digits that no profile of the region has yet.
fn new_id(view: &View<'_>, region: &str) -> String {
    loop {
        let character = || match fastrand::u8(..36) {
            digit @ 0..10 => char::from(b'0' + digit),
            letter => char::from(b'a' + letter - 10),
        };
        let id: String = std::iter::repeat_with(character).take(12).collect();
        let record_id = profiles::record_id(region, &id);
        if view.get(Kind::Profile, &record_id).is_none() {
            return id;
        }
    }
}
