//! Videos: number and size.

use super::images::decoded_len;
use super::{RuleInput, refuse_if};
use crate::conversation::{MediaView, ViewKind};
use crate::wire::{ApiError, rows};

/// Not more videos than the model accepts.
pub(super) fn count(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let found = all(input).count();
    match input.limits().videos {
        Some(most) if found > most => {
            Err(ApiError::row(rows::runtime::TOO_MANY_VIDEOS).with("most", &most.to_string()))
        }
        _ => Ok(()),
    }
}

/// Not too large inside a request; S3 holds larger ones.
pub(super) fn size(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some(most) = input.limits().video_bytes else {
        return Ok(());
    };
    let large = |video: &MediaView<'_>| video.bytes.is_some_and(|text| decoded_len(text) > most);
    refuse_if(all(input).any(large), rows::runtime::VIDEO_TOO_LARGE)
}

fn all<'a>(input: &RuleInput<'a>) -> impl Iterator<Item = &'a MediaView<'a>> + use<'a> {
    input.blocks_and_results().filter_map(|at| match at.kind() {
        ViewKind::Video(video) => Some(video),
        _ => None,
    })
}
