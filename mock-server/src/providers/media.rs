//! Media that callers send in bodies: base64 text, data URIs, references to S3.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use crate::behaviour::pictures::{Measured, measure};
use crate::behaviour::vectors::Media;
use crate::json::Json as _;
use crate::wire::{ApiError, rows};

/// Bytes of a file that is no measurable picture that cost a token.
const BYTES_PER_TOKEN: u64 = 1024;
/// Pixels that cost four tokens (documented for Cohere Embed v4).
const PIXELS: u64 = 784;

/// Padding may be left out, as in Java's decoder.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A file in base64, with or without `data:…;base64,` before it; `at` is its JSON pointer.
pub(super) fn file(text: &str, at: &str) -> Result<Vec<u8>, ApiError> {
    let base64 = match text.strip_prefix("data:") {
        Some(uri) => uri.split_once(',').map_or("", |(_, data)| data),
        None => text,
    };
    let refuse = |_| ApiError::row(rows::runtime::BASE64_INVALID).with("pointer", at);
    BASE64.decode(base64.trim()).map_err(refuse)
}

/// A file in base64 as something to embed.
pub(super) fn media(text: &str, at: &str) -> Result<Media, ApiError> {
    Ok(of_bytes(file(text, at)?))
}

/// Nova's source object: `bytes`, or a place in S3, which is told apart by its name and not read.
pub(super) fn source(source: &Value, at: &str) -> Result<Media, ApiError> {
    match source.member("bytes").and_then(Value::as_str) {
        Some(bytes) => media(bytes, &format!("{at}/bytes")),
        None => Ok(of_bytes(source.to_string().into_bytes())),
    }
}

/// The size of a picture in base64, if it can be measured.
pub(super) fn measured(text: &str) -> Option<Measured> {
    measure(&file(text, "").ok()?)
}

fn of_bytes(content: Vec<u8>) -> Media {
    let tokens = match measure(&content) {
        Some(m) => u64::from(m.width) * u64::from(m.height) / PIXELS * 4,
        None => content.len() as u64 / BYTES_PER_TOKEN,
    };
    Media {
        content,
        tokens: tokens.max(1),
    }
}
