//! A profile as the service writes it: every member is there, null where it has no value.
//!
//! `toolboxArn` is not modelled and null in the recorded answer. The catalogue does not know when
//! system profiles were made, but clients read the times of every profile they list, so they get
//! the date inside the model's id, or the day on which the first system profiles appeared.

use serde::Serialize;
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

/// A profile as the service writes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    created_at: String,
    description: Option<String>,
    inference_profile_arn: String,
    inference_profile_id: String,
    inference_profile_name: String,
    models: Vec<Model>,
    status: &'static str,
    toolbox_arn: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    updated_at: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Model {
    model_arn: String,
}

impl Summary {
    /// Describes any profile.
    pub(super) fn found(asker: Asker<'_>, profile: &Found<'_>) -> Self {
        match profile {
            Found::System(profile) => Self::system(asker, profile),
            Found::Application(profile) => Self::application(profile),
        }
    }

    /// Describes a system profile, whose ARN carries the asker's account.
    pub(super) fn system(asker: Asker<'_>, system: &System<'_>) -> Self {
        let Asker {
            account, region, ..
        } = asker;
        let id = &system.profile.id;
        let time = system_time(&system.model.id);
        Self {
            // Profiles never change, so both times are the same.
            created_at: time.clone(),
            description: Some(description(system)),
            inference_profile_arn: format!(
                "arn:aws:bedrock:{region}:{account}:inference-profile/{id}"
            ),
            inference_profile_id: id.clone(),
            inference_profile_name: system.profile.name.clone(),
            models: models(system.model_arns()),
            status: "ACTIVE",
            toolbox_arn: None,
            kind: "SYSTEM_DEFINED",
            updated_at: time,
        }
    }

    /// Describes an application profile.
    pub(super) fn application(profile: &ProfileRecord) -> Self {
        let time = nanoseconds(profile.created_ns);
        Self {
            created_at: time.clone(),
            description: profile.description.clone(),
            inference_profile_arn: profile.arn.clone(),
            inference_profile_id: profile.id.clone(),
            inference_profile_name: profile.name.clone(),
            models: models(profile.models.clone()),
            status: "ACTIVE",
            toolbox_arn: None,
            kind: "APPLICATION",
            updated_at: time,
        }
    }
}

fn models(arns: Vec<String>) -> Vec<Model> {
    let models = arns.into_iter().map(|model_arn| Model { model_arn });
    models.collect()
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
