//! A profile as the service writes it: every member is there, null where it has no value.
//!
//! `toolboxArn` is not modelled and null in the recorded answer. The catalogue does not know when
//! system profiles were made, but clients read the times of every profile they list, so they get
//! the date inside the model's id, or the day on which the first system profiles appeared.

use serde_json::{Value, json};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime};

use crate::state::profiles::{Found, System};
use crate::state::resolve::Asker;
use crate::state::store::ProfileRecord;

/// Nine digits of a second, as recorded.
const NANOSECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:9]Z");
/// Times of system profiles whose model has no date in its id.
const FIRST_PROFILES: &str = "2024-08-26T00:00:00Z";

/// Any profile.
pub(super) fn found(asker: Asker<'_>, profile: &Found<'_>) -> Value {
    match profile {
        Found::System(profile) => system(asker, profile),
        Found::Application(profile) => application(profile),
    }
}

/// A system profile, whose ARN carries the asker's account.
pub(super) fn system(asker: Asker<'_>, system: &System<'_>) -> Value {
    let Asker {
        account, region, ..
    } = asker;
    let id = &system.profile.id;
    let time = system_time(&system.model.id);
    write(
        &format!("arn:aws:bedrock:{region}:{account}:inference-profile/{id}"),
        id,
        (&system.profile.name, Some(&description(system))),
        &system.model_arns(),
        "SYSTEM_DEFINED",
        &time,
    )
}

/// An application profile.
pub(super) fn application(profile: &ProfileRecord) -> Value {
    write(
        &profile.arn,
        &profile.id,
        (&profile.name, profile.description.as_deref()),
        &profile.models,
        "APPLICATION",
        &nanoseconds(profile.created_ns),
    )
}

fn write(
    arn: &str,
    id: &str,
    (name, description): (&str, Option<&str>),
    models: &[String],
    kind: &str,
    time: &str,
) -> Value {
    let models: Vec<Value> = models
        .iter()
        .map(|arn| json!({ "modelArn": arn }))
        .collect();
    // Profiles never change, so both times are the same.
    json!({
        "createdAt": time,
        "description": description,
        "inferenceProfileArn": arn,
        "inferenceProfileId": id,
        "inferenceProfileName": name,
        "models": models,
        "status": "ACTIVE",
        "toolboxArn": null,
        "type": kind,
        "updatedAt": time,
    })
}

/// "Routes requests to Claude Sonnet 4 in us-east-1, us-east-2 and us-west-2."
fn description(system: &System<'_>) -> String {
    let name = &system.profile.name;
    let model = name
        .split_once(' ')
        .map_or(name.as_str(), |(_, model)| model);
    match system.routes.as_slice() {
        ["", ..] => {
            format!("Routes requests to {model} globally across all supported AWS Regions.")
        }
        [first @ .., last] if !first.is_empty() => {
            format!(
                "Routes requests to {model} in {} and {last}.",
                first.join(", ")
            )
        }
        routes => format!("Routes requests to {model} in {}.", routes.join(", ")),
    }
}

fn nanoseconds(ns: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ns))
        .ok()
        .and_then(|time| time.format(NANOSECONDS).ok())
        .unwrap_or_else(|| FIRST_PROFILES.to_owned())
}

/// `anthropic.claude-sonnet-4-20250514-v1:0` → `2025-05-14T00:00:00Z`.
fn system_time(model_id: &str) -> String {
    let date = model_id.split(['-', ':', '.']).find_map(|part| {
        let digits = part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit());
        let number: i32 = digits.then(|| part.parse().ok())??;
        let month = Month::try_from(u8::try_from(number / 100 % 100).ok()?).ok()?;
        let day = u8::try_from(number % 100).ok()?;
        Date::from_calendar_date(number / 10_000, month, day).ok()
    });
    date.map_or_else(
        || FIRST_PROFILES.to_owned(),
        |date| format!("{date}T00:00:00Z"),
    )
}
