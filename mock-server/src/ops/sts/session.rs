//! Temporary credentials: made, kept in the account that they act in, shown once.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use crate::ops::Call;
use crate::ops::timestamp::timestamp;
use crate::state::store::{Change, Kind, Record, SessionRecord, View};
use crate::state::unique_id;
use crate::wire::ApiError;

/// Whose credentials they will be.
pub(super) struct Holder<'a> {
    /// The account that they act in.
    pub account: &'a str,
    /// ARN of who acts.
    pub arn: String,
    /// Name of the user or session.
    pub user: &'a str,
}

/// Temporary credentials as answers show them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Credentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    expiration: String,
}

/// Makes credentials that end after the requested number of seconds, or after the default.
pub(super) fn open(
    call: &Call<'_>,
    holder: &Holder<'_>,
    default_seconds: i64,
) -> Result<Credentials, ApiError> {
    let asked = call
        .input
        .members
        .get("DurationSeconds")
        .and_then(Value::as_i64);
    let now = call.app.clock.now_seconds();
    call.app.accounts.transact(holder.account, |view| {
        let session = SessionRecord {
            access_key: unique_id::access_key(holder.account),
            secret: STANDARD.encode(unique_id::random::<30>()),
            token: token(),
            arn: holder.arn.clone(),
            user: holder.user.into(),
            expires: now + asked.unwrap_or(default_seconds),
        };
        let credentials = Credentials {
            access_key_id: session.access_key.clone(),
            secret_access_key: session.secret.clone(),
            session_token: session.token.clone(),
            expiration: timestamp(session.expires),
        };
        let mut changes = make_room(view, now);
        changes.push(Change::Put {
            id: session.access_key.clone(),
            record: Arc::new(Record::Session(session)),
        });
        Ok((credentials, changes))
    })
}

/// The service keeps no list of sessions, so it refuses none for want of room. Where the mock's
/// room ends, what has expired goes, else the session that would end first.
fn make_room(view: &View<'_>, now: i64) -> Vec<Change> {
    if view.has_room(Kind::Session) {
        return Vec::new();
    }
    let mut ends: Vec<(i64, String)> = view
        .list(Kind::Session)
        .into_iter()
        .filter_map(|(id, record)| match &*record {
            Record::Session(session) => Some((session.expires, id)),
            _ => None,
        })
        .collect();
    ends.sort_unstable();
    let expired = ends
        .iter()
        .take_while(|(expires, _)| *expires <= now)
        .count();
    let going = ends.into_iter().take(expired.max(1));
    going
        .map(|(_, id)| Change::Delete {
            kind: Kind::Session,
            id,
        })
        .collect()
}

/// Base64 that begins as the service's tokens do, which client-side checks look for.
fn token() -> String {
    let mut bytes = b"\"\norigin_ec".to_vec();
    bytes.extend(unique_id::random::<244>());
    STANDARD.encode(bytes)
}
