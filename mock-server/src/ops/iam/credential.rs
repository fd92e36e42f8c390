//! Which credential a request means, and how credentials are shown.

use std::sync::Arc;

use serde::Serialize;

use super::user;
use crate::ops::Call;
use crate::ops::timestamp::timestamp;
use crate::state::Standing;
use crate::state::store::{ApiKeyRecord, ApiKeyStatus, Change, Kind, Record, View};
use crate::wire::{ApiError, rows};

/// The one service whose credentials are imitated.
pub(super) const SERVICE: &str = "bedrock.amazonaws.com";

/// Services for which the real one makes credentials of other kinds, which nobody has here (IAM user guide).
const OTHERS: &[&str] = &["codecommit.amazonaws.com", "cassandra.amazonaws.com"];

/// Whether a list for a service has any keys in it.
pub(super) fn lists(name: Option<&str>) -> Result<bool, ApiError> {
    match name {
        Some(other) if OTHERS.contains(&other) => Ok(false),
        name => check_service(name).map(|()| true),
    }
}

/// Refuses other services. The real one has more (code repositories, Cassandra tables); their
/// credentials are user names and passwords, no API keys.
pub(super) fn check_service(name: Option<&str>) -> Result<(), ApiError> {
    match name {
        None | Some(SERVICE) => Ok(()),
        Some(other) => Err(ApiError::row(rows::iam::SERVICE_NOT_SUPPORTED)
            .with("service", other)
            .hint(format!("this mock makes credentials for {SERVICE} only"))),
    }
}

/// The credential that a request names, if the user has it.
pub(super) fn find(call: &Call<'_>, view: &View<'_>) -> Result<ApiKeyRecord, ApiError> {
    let user = user::named_or_caller(call)?;
    user::require(call, view, user)?;
    let id = call
        .input
        .text("ServiceSpecificCredentialId")
        .unwrap_or_default();
    match view.get(Kind::ApiKey, id).as_deref() {
        Some(Record::ApiKey(key)) if key.user == user => Ok(key.clone()),
        _ => Err(ApiError::row(rows::iam::CREDENTIAL_NOT_FOUND)
            .with("id", id)
            .hint(format!(
                "{user} has no such credential: aws iam list-service-specific-credentials"
            ))),
    }
}

/// All credentials, of one user if named.
pub(super) fn all(view: &View<'_>, user: Option<&str>) -> Vec<ApiKeyRecord> {
    let records = view.list(Kind::ApiKey);
    let keys = records.iter().filter_map(|(_, record)| match &**record {
        Record::ApiKey(key) => Some(key),
        _ => None,
    });
    keys.filter(|key| user.is_none_or(|user| key.user == user))
        .cloned()
        .collect()
}

/// The change that keeps a credential.
pub(super) fn put(key: &ApiKeyRecord) -> Change {
    Change::Put {
        id: key.id.clone(),
        record: Arc::new(Record::ApiKey(key.clone())),
    }
}

/// A credential as answers show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Credential {
    user_name: String,
    status: &'static str,
    service_credential_alias: String,
    create_date: String,
    service_specific_credential_id: String,
    service_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_credential_secret: Option<String>,
}

/// The output of the operations that answer with one credential and its new secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneCredential {
    service_specific_credential: Credential,
}

/// Returns a credential as lists show it: everything but the secret.
pub(super) fn show(key: &ApiKeyRecord, now: i64) -> Credential {
    let status = match (key.standing(now), key.status) {
        (Standing::Expired, _) => "Expired",
        (_, ApiKeyStatus::Active) => "Active",
        (_, ApiKeyStatus::Inactive) => "Inactive",
    };
    Credential {
        user_name: key.user.clone(),
        status,
        service_credential_alias: key.alias.clone(),
        create_date: timestamp(key.created),
        service_specific_credential_id: key.id.clone(),
        service_name: SERVICE,
        expiration_date: key.expires.map(timestamp),
        service_credential_secret: None,
    }
}

/// Returns a credential as it is shown once, when its secret is new.
pub(super) fn show_with_secret(key: &ApiKeyRecord, now: i64) -> OneCredential {
    let secret = super::secret::encode(&key.alias, &key.secret);
    OneCredential {
        service_specific_credential: Credential {
            service_credential_secret: Some(secret),
            ..show(key, now)
        },
    }
}
