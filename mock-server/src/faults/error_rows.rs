//! The words of an error that a fault names.

use crate::wire::rows::{Area, Row, RowId};
use crate::wire::{ApiError, rows};

/// The row for an exception's name or for a row's own id. The words for faults come first, then other
/// rows of that type whose text needs nothing filled in. Rows of the query services are theirs alone.
pub(super) fn row(error: &str, query: bool) -> Option<RowId> {
    let usable = |row: &RowId| {
        !row.text.contains('{')
            && *row != rows::front_door::NOT_IMITATED
            && (query || !is_query(row))
    };
    if let Some(row) = rows::all().find(|row| row.id == error).filter(usable) {
        return Some(row);
    }
    let short = error.strip_suffix("Exception").unwrap_or(error);
    let named = |row: &RowId| {
        row.kind == error || (is_query(row) && (row.kind == short || row.replaces.contains(&error)))
    };
    let rows = rows::all().filter(usable).filter(named);
    rows.min_by_key(|row| (!is_query(row), row.area != Area::Fault))
}

fn is_query(row: &Row) -> bool {
    matches!(row.area, Area::Query | Area::Iam | Area::Sts) || row.id.starts_with("fault.query-")
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
    let faults = rows::all().filter(|row| row.area == Area::Fault);
    let mut kinds: Vec<&str> = faults.map(|row| row.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The error itself, with the user's words if there are any.
pub(super) fn error(error: &str, message: Option<&String>, query: bool) -> Option<ApiError> {
    let row = row(error, query)?;
    let error = ApiError::row(row).hint(format!("fault exception: {}", row.kind));
    Some(match message {
        Some(message) => error.words(message.as_str()),
        None => error,
    })
}
