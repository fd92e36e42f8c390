//! Videos: number and size.

use serde_json::Value;

use super::super::inside::Inside as _;
use super::images::decoded_len;
use super::{Case, unless};
use crate::wire::ApiError;

/// Not too many.
pub(super) fn count(case: &Case<'_>) -> Result<(), ApiError> {
    let found = all(case).count();
    match case.limits().videos {
        Some(most) if found > most => {
            Err(ApiError::row("runtime.too-many-videos").with("most", &most.to_string()))
        }
        _ => Ok(()),
    }
}

/// Not too large inside a request; S3 holds larger ones.
pub(super) fn size(case: &Case<'_>) -> Result<(), ApiError> {
    let Some(most) = case.limits().video_bytes else {
        return Ok(());
    };
    let large = |video: &Value| {
        let text = video.inside(&["source", "bytes"]).and_then(Value::as_str);
        text.is_some_and(|t| decoded_len(t) > most)
    };
    unless(all(case).any(large), "runtime.video-too-large")
}

fn all<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Value> + use<'a> {
    case.blocks_and_results()
        .filter_map(|at| at.member("video"))
}
