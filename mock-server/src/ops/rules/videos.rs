//! Videos: number and size.

use serde_json::Value;

use super::images::decoded_len;
use super::{RuleInput, refuse_if};
use crate::json::Json as _;
use crate::wire::{ApiError, rows};

/// Not too many.
pub(super) fn count(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let found = all(case).count();
    match case.limits().videos {
        Some(most) if found > most => {
            Err(ApiError::row(rows::runtime::TOO_MANY_VIDEOS).with("most", &most.to_string()))
        }
        _ => Ok(()),
    }
}

/// Not too large inside a request; S3 holds larger ones.
pub(super) fn size(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some(most) = case.limits().video_bytes else {
        return Ok(());
    };
    let large = |video: &Value| {
        let text = video.at(&["source", "bytes"]).and_then(Value::as_str);
        text.is_some_and(|t| decoded_len(t) > most)
    };
    refuse_if(all(case).any(large), rows::runtime::VIDEO_TOO_LARGE)
}

fn all<'a>(case: &RuleInput<'a>) -> impl Iterator<Item = &'a Value> + use<'a> {
    case.blocks_and_results()
        .filter_map(|at| at.member("video"))
}
