//! Images: number, size, and whether they are what they say.

use base64::Engine as _;
use serde_json::Value;

use super::RuleInput;
use super::block_path::{Placed, is_cited};
use super::file_types::{FileType, file_type};
use crate::json::Json as _;
use crate::wire::{ApiError, rows};

/// Not too many. Claude counts documents with them that it gets as pages: PDF files to be cited.
pub(super) fn count(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some(most) = case.limits().images else {
        return Ok(());
    };
    let images = all(case).count();
    if !case.is_claude() {
        return match images > most {
            true => {
                Err(ApiError::row(rows::runtime::TOO_MANY_IMAGES).with("most", &most.to_string()))
            }
            false => Ok(()),
        };
    }
    let paged = |d: &Value| d.member("format").is_some_and(|f| f == "pdf") && is_cited(d);
    let documents = case
        .blocks_and_results()
        .filter(|at| at.member("document").is_some_and(paged))
        .count();
    match images > 0 && images + documents > most {
        true => Err(ApiError::row(rows::runtime::CLAUDE_TOO_MANY_IMAGES)
            .with("images", &images.to_string())
            .with("documents", &documents.to_string())
            .with("most", &most.to_string())),
        false => Ok(()),
    }
}

/// Not too large. Claude counts the base64 text, which is a third longer.
pub(super) fn size(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some(most) = case.limits().image_bytes else {
        return Ok(());
    };
    for (at, image) in all(case) {
        let Some(text) = image.at(&["source", "bytes"]).and_then(Value::as_str) else {
            continue;
        };
        if decoded_len(text) <= most {
            continue;
        }
        return Err(match case.is_claude() {
            true => ApiError::row(rows::runtime::CLAUDE_IMAGE_TOO_LARGE)
                .with("path", &at.anthropic_path())
                .with("size", &text.len().to_string()),
            false => ApiError::row(rows::runtime::IMAGE_TOO_LARGE),
        });
    }
    Ok(())
}

/// Of a type that the model can read, and Claude's of the one that they say. What Nova says is
/// [`mistaken_image`]'s.
pub(super) fn kind(case: &RuleInput<'_>) -> Result<(), ApiError> {
    for (at, image) in all(case).filter(|_| !case.is_nova()) {
        let Some((detected, expected)) = types(image) else {
            continue;
        };
        if !detected.is_image() {
            return Err(ApiError::row(match case.is_claude() {
                true => rows::runtime::CLAUDE_IMAGE_UNREADABLE,
                false => rows::runtime::IMAGE_UNREADABLE,
            }));
        }
        if case.is_claude() && detected.media_type() != expected {
            return Err(ApiError::row(rows::runtime::CLAUDE_IMAGE_MISTAKEN)
                .with("path", &at.anthropic_path())
                .with("expected", &expected)
                .with("detected", detected.media_type()));
        }
    }
    Ok(())
}

/// What Nova says of an image whose bytes are of another type than its format; in a stream it says
/// so inside the stream (recorded).
pub(in crate::ops) fn mistaken_image(case: &RuleInput<'_>) -> Option<ApiError> {
    let mut images = all(case).filter(|_| case.is_nova());
    images.find_map(|(_, image)| {
        let (detected, expected) = types(image)?;
        (detected.media_type() != expected).then(|| {
            ApiError::row(rows::runtime::IMAGE_MISTAKEN)
                .with("detected", detected.media_type())
                .with("expected", &expected)
        })
    })
}

/// How many bytes a base64 text holds.
pub(super) fn decoded_len(text: &str) -> usize {
    text.trim_end_matches('=').len() * 3 / 4
}

/// Every image of the messages and of the tool results in them.
fn all<'a>(case: &RuleInput<'a>) -> impl Iterator<Item = (Placed<'a>, &'a Value)> + use<'a> {
    case.blocks_and_results()
        .filter_map(|at| Some((at, at.member("image")?)))
}

/// The type that the bytes of an image have, and the media type that its format promises.
fn types(image: &Value) -> Option<(FileType, String)> {
    let expected = format!("image/{}", image.member("format")?.as_str()?);
    let text = image.at(&["source", "bytes"])?.as_str()?;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(text)
        .ok()?;
    Some((file_type(&bytes), expected))
}
