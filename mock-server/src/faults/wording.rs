//! The words of an error that a fault names.

use crate::wire::ApiError;
use crate::wire::error::{Row, table};

/// The row for an exception's name or for a row's own id. The words for faults come first, then other
/// rows of that type whose text needs nothing filled in. Rows of the query services are theirs alone.
pub(super) fn row(error: &str, query: bool) -> Option<&'static Row> {
    let usable = |row: &&'static Row| {
        !row.text.contains('{') && row.id != "front-door.not-imitated" && (query || !is_query(row))
    };
    if let Some(row) = table().get(error).copied().filter(usable) {
        return Some(row);
    }
    let short = error.strip_suffix("Exception").unwrap_or(error);
    let named = |r: &&'static Row| {
        r.kind == error
            || (is_query(r) && (r.kind == short || r.replaces.iter().any(|x| x == error)))
    };
    let rows = table().values().copied().filter(usable);
    rows.filter(named)
        .min_by_key(|row| (!is_query(row), !row.id.starts_with("fault."), row.place))
}

fn is_query(row: &Row) -> bool {
    let starts = ["fault.query-", "query.", "iam.", "sts."];
    starts.iter().any(|start| row.id.starts_with(start))
}

/// Says that no row has an error, and which there are.
pub(super) fn check(error: &str) -> Result<(), String> {
    if row(error, true).is_some() {
        return Ok(());
    }
    Err(format!(
        "error: {error:?} is unknown; expected an exception's name ({}) or the id of a row of fixtures/errors",
        kinds().join(", ")
    ))
}

/// The exceptions for which there are words of faults.
pub(super) fn kinds() -> Vec<&'static str> {
    let faults = table().values().filter(|r| r.id.starts_with("fault."));
    let mut kinds: Vec<&str> = faults.map(|row| row.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The error itself, with the user's words if there are any.
pub(super) fn error(error: &str, message: Option<&String>, query: bool) -> Option<ApiError> {
    let row = row(error, query)?;
    let error = ApiError::row(&row.id).hint(format!("fault exception: {}", row.kind));
    Some(match message {
        Some(message) => error.words(message.as_str()),
        None => error,
    })
}
