//! ListInferenceProfiles: the region's system profiles, then the account's own, in pages.

use serde::Serialize;
use serde_json::Value;

use super::page::List;
use super::summary::Summary;
use crate::ops::{Call, Output};
use crate::state::profiles;
use crate::wire::{ApiError, rows};

/// Size of a page that nobody chose; the recorded lists of system profiles fit one page.
const DEFAULT_PAGE: u64 = 1000;

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let kind = call.input.text("typeEquals").unwrap_or_default();
    let list = List {
        parameters: &[&call.principal.account, call.region, kind],
    };
    let behind = match call.input.text("nextToken") {
        Some(token) => list
            .read(token)
            .ok_or_else(|| ApiError::row(rows::control::NEXT_TOKEN_INVALID))?,
        None => String::new(),
    };
    let size = call.input.members.get("maxResults").and_then(Value::as_u64);
    let size = usize::try_from(size.unwrap_or(DEFAULT_PAGE)).unwrap_or(usize::MAX);

    let mut rest = all(call, kind).into_iter().filter(|(key, _)| *key > behind);
    let page: Vec<(String, Summary)> = rest.by_ref().take(size).collect();
    let next = match (rest.next(), page.last()) {
        (Some(_), Some((last, _))) => Some(list.token(last)),
        _ => None,
    };
    call.answer(&Profiles {
        inference_profile_summaries: page.into_iter().map(|(_, summary)| summary).collect(),
        next_token: next,
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Profiles {
    inference_profile_summaries: Vec<Summary>,
    /// Null on the last page.
    next_token: Option<String>,
}

/// All profiles of a type in the order of the list, each behind the key that sorts it.
fn all(call: &Call<'_>, kind: &str) -> Vec<(String, Summary)> {
    let (catalogue, asker) = (&call.app.catalogue, call.asker());
    let mut all = Vec::new();
    if kind != "APPLICATION" {
        for system in profiles::systems(catalogue, call.region) {
            let key = format!("1{}", system.profile.id);
            all.push((key, Summary::system(asker, &system)));
        }
    }
    if kind != "SYSTEM_DEFINED" {
        let view = call.app.accounts.view(asker.account);
        for profile in profiles::applications(catalogue, &view, asker) {
            all.push((format!("2{}", profile.id), Summary::application(&profile)));
        }
    }
    all
}
