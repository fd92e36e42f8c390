//! Pages of a list: entries in the order of a key, and a marker that names the last one sent.
//!
//! A marker is opaque to clients. Since it names a key and no position, entries that come and go
//! between two pages are neither skipped nor sent twice.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::ops::Call;
use crate::wire::{ApiError, rows};

/// Entries on a page unless the request says otherwise (IAM API reference, MaxItems).
const DEFAULT: usize = 100;

/// The page that a request asks for, in `IsTruncated`, `Marker` and a list of the given name.
pub(super) fn page(
    call: &Call<'_>,
    list: &str,
    mut entries: Vec<(String, Value)>,
) -> Result<Value, ApiError> {
    let after = call.input.text("Marker").map(decode).transpose()?;
    let wanted = call.input.members.get("MaxItems").and_then(Value::as_u64);
    let size = wanted
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(DEFAULT);

    entries.sort_by(|a, b| a.0.cmp(&b.0));
    if let Some(after) = after {
        entries.retain(|(key, _)| *key > after);
    }
    let truncated = entries.len() > size;
    entries.truncate(size);

    let mut answer = Map::new();
    if let Some((last, _)) = entries.last().filter(|_| truncated) {
        answer.insert("Marker".into(), URL_SAFE_NO_PAD.encode(last).into());
    }
    answer.insert("IsTruncated".into(), truncated.into());
    answer.insert(
        list.into(),
        entries.into_iter().map(|(_, entry)| entry).collect(),
    );
    Ok(Value::Object(answer))
}

fn decode(marker: &str) -> Result<String, ApiError> {
    let bytes = URL_SAFE_NO_PAD.decode(marker).ok();
    let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    key.ok_or_else(|| {
        ApiError::row(rows::iam::MARKER_INVALID).hint("send the Marker of the page before")
    })
}
