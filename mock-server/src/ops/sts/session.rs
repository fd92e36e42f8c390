//! Temporary credentials: made, kept in the account that they act in, shown once.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::ops::Call;
use crate::ops::iam::user::timestamp;
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

/// Whether a role's session signed, of whatever partition.
pub(in crate::ops) fn is_role_session(call: &Call<'_>) -> bool {
    call.principal.arn.as_deref().and_then(role_of).is_some()
}

/// The role's name in the ARN of a role's session.
pub(super) fn role_of(arn: &str) -> Option<&str> {
    arn.split_once(":assumed-role/")?.1.split('/').next()
}

/// Makes credentials that end after some seconds; answers what `Credentials` holds.
pub(super) fn open(
    call: &Call<'_>,
    holder: &Holder<'_>,
    default_seconds: i64,
) -> Result<Value, ApiError> {
    let asked = call
        .input
        .members
        .get("DurationSeconds")
        .and_then(Value::as_i64);
    let now = call.app.now_seconds();
    call.app.accounts.transact(holder.account, |view| {
        let session = SessionRecord {
            access_key: unique_id::access_key(holder.account),
            secret: STANDARD.encode(unique_id::random::<30>()),
            token: token(),
            arn: holder.arn.clone(),
            user: holder.user.into(),
            expires: now + asked.unwrap_or(default_seconds),
        };
        let credentials = json!({
            "AccessKeyId": session.access_key,
            "SecretAccessKey": session.secret,
            "SessionToken": session.token,
            "Expiration": timestamp(session.expires),
        });
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
