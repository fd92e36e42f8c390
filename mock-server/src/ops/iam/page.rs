//! Pages of a list: entries in the order of a key, and a marker that names the last one sent.
//!
//! A marker is opaque to clients. Since it names a key and no position, entries that come and go
//! between two pages are neither skipped nor sent twice.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::ops::Call;
use crate::wire::{ApiError, rows};

/// Entries on a page unless the request says otherwise (IAM API reference, MaxItems).
const DEFAULT: usize = 100;

/// One page of a list.
pub(super) struct Page<T> {
    /// Its entries.
    pub(super) entries: Vec<T>,
    /// Names the last entry, if others follow it.
    pub(super) marker: Option<String>,
    /// Whether others follow.
    pub(super) is_truncated: bool,
}

/// Returns the page that a request wants of these entries, each behind the key that sorts it.
pub(super) fn page<T>(call: &Call<'_>, mut entries: Vec<(String, T)>) -> Result<Page<T>, ApiError> {
    let after = call.input.text("Marker").map(decode).transpose()?;
    let wanted = call.input.members.get("MaxItems").and_then(Value::as_u64);
    let size = wanted
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(DEFAULT);

    entries.sort_by(|a, b| a.0.cmp(&b.0));
    if let Some(after) = after {
        entries.retain(|(key, _)| *key > after);
    }
    let is_truncated = entries.len() > size;
    entries.truncate(size);
    let last = entries.last().filter(|_| is_truncated);
    Ok(Page {
        marker: last.map(|(key, _)| URL_SAFE_NO_PAD.encode(key)),
        is_truncated,
        entries: entries.into_iter().map(|(_, entry)| entry).collect(),
    })
}

fn decode(marker: &str) -> Result<String, ApiError> {
    let bytes = URL_SAFE_NO_PAD.decode(marker).ok();
    let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    key.ok_or_else(|| {
        ApiError::row(rows::iam::MARKER_INVALID).hint("send the Marker of the page before")
    })
}
