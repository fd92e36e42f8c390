//! Images: number, size, and whether their bytes are of the type that they name.

use base64::Engine as _;

use super::RuleInput;
use super::block_path::Placed;
use super::file_types::{FileType, file_type};
use crate::conversation::{MediaView, ViewKind};
use crate::wire::{ApiError, rows};

/// Not more images than the model accepts.
pub(super) fn count(input: &RuleInput<'_>) -> Result<(), ApiError> {
    match input.limits().images {
        Some(most) if all(input).count() > most => {
            Err(ApiError::row(rows::runtime::TOO_MANY_IMAGES).with("most", &most.to_string()))
        }
        _ => Ok(()),
    }
}

/// Claude counts with the images those documents that it gets as pages: PDF files with citations enabled.
pub(super) fn count_anthropic(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let Some(most) = input.limits().images else {
        return Ok(());
    };
    let images = all(input).count();
    let paged = |at: &Placed<'_>| {
        let document = at.kind().document();
        document.is_some_and(|d| d.format == Some("pdf") && d.cited)
    };
    let documents = input.blocks_and_results().filter(paged).count();
    match images > 0 && images + documents > most {
        true => Err(ApiError::row(rows::runtime::CLAUDE_TOO_MANY_IMAGES)
            .with("images", &images.to_string())
            .with("documents", &documents.to_string())
            .with("most", &most.to_string())),
        false => Ok(()),
    }
}

/// No image is too large.
pub(super) fn size(input: &RuleInput<'_>) -> Result<(), ApiError> {
    match too_large(input) {
        Some(_) => Err(ApiError::row(rows::runtime::IMAGE_TOO_LARGE)),
        None => Ok(()),
    }
}

/// The same in Anthropic's words, which give the length of the base64 text: a third more.
pub(super) fn size_anthropic(input: &RuleInput<'_>) -> Result<(), ApiError> {
    match too_large(input) {
        Some((at, length)) => Err(ApiError::row(rows::runtime::CLAUDE_IMAGE_TOO_LARGE)
            .with("path", &at.anthropic_path())
            .with("size", &length.to_string())),
        None => Ok(()),
    }
}

/// The first image that is too large, and the length of its base64 text.
fn too_large<'a>(input: &RuleInput<'a>) -> Option<(Placed<'a>, usize)> {
    let most = input.limits().image_bytes?;
    all(input).find_map(|(at, image)| {
        let text = image.bytes?;
        (decoded_len(text) > most).then_some((at, text.len()))
    })
}

/// The bytes are of a type that models can read.
pub(super) fn readable(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let mut found = types(input);
    match found.any(|image| !image.detected.is_image()) {
        true => Err(ApiError::row(rows::runtime::IMAGE_UNREADABLE)),
        false => Ok(()),
    }
}

/// The bytes are of a type that Claude can read, and of the one that the image names.
pub(super) fn kind_anthropic(input: &RuleInput<'_>) -> Result<(), ApiError> {
    for image in types(input) {
        if !image.detected.is_image() {
            return Err(ApiError::row(rows::runtime::CLAUDE_IMAGE_UNREADABLE));
        }
        if image.is_mistaken() {
            return Err(ApiError::row(rows::runtime::CLAUDE_IMAGE_MISTAKEN)
                .with("path", &image.at.anthropic_path())
                .with("expected", &image.expected)
                .with("detected", image.detected.media_type()));
        }
    }
    Ok(())
}

/// The bytes are of the type that the image names, in Nova's words; a stream reports it as its only
/// event (recorded).
pub(super) fn kind_nova(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let mut found = types(input);
    match found.find(Typed::is_mistaken) {
        Some(image) => Err(ApiError::row(rows::runtime::IMAGE_MISTAKEN)
            .with("detected", image.detected.media_type())
            .with("expected", &image.expected)),
        None => Ok(()),
    }
}

/// Returns the number of bytes that a base64 text holds.
pub(super) fn decoded_len(text: &str) -> usize {
    text.trim_end_matches('=').len() * 3 / 4
}

/// Every image of the messages and of the tool results in them.
fn all<'a>(
    input: &RuleInput<'a>,
) -> impl Iterator<Item = (Placed<'a>, &'a MediaView<'a>)> + use<'a> {
    input.blocks_and_results().filter_map(|at| match at.kind() {
        ViewKind::Image(image) => Some((at, image)),
        _ => None,
    })
}

/// An image whose bytes were looked at.
struct Typed<'a> {
    at: Placed<'a>,
    /// The type of its bytes.
    detected: FileType,
    /// The media type that its format names.
    expected: String,
}

impl Typed<'_> {
    fn is_mistaken(&self) -> bool {
        self.detected.media_type() != self.expected
    }
}

/// Every image whose format and bytes are in the request.
fn types<'a>(input: &RuleInput<'a>) -> impl Iterator<Item = Typed<'a>> + use<'a> {
    all(input).filter_map(|(at, image)| {
        let expected = format!("image/{}", image.format?);
        let standard = &base64::engine::general_purpose::STANDARD;
        let bytes = standard.decode(image.bytes?).ok()?;
        Some(Typed {
            at,
            detected: file_type(&bytes),
            expected,
        })
    })
}
