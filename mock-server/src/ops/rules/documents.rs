//! Documents: names, number, size, and whether they are what they say.

use std::collections::HashSet;

use base64::Engine as _;
use serde_json::Value;

use super::file_types::{FileType, file_type};
use super::{RuleInput, refuse_if};
use crate::json::Json as _;
use crate::wire::{ApiError, rows};

/// Names have the characters that the service takes and differ over the whole conversation.
pub(super) fn names(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let mut seen = HashSet::new();
    for document in all(case) {
        let name = document
            .member("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !well_named(name) {
            return Err(ApiError::row(rows::runtime::DOCUMENT_NAME));
        }
        if !seen.insert(name) {
            return Err(ApiError::row(rows::runtime::DOCUMENT_NAMES));
        }
    }
    Ok(())
}

/// Letters, digits, single white space, hyphens, parentheses and square brackets; underscores too,
/// though the documentation does not name them.
fn well_named(name: &str) -> bool {
    let taken =
        |c: &char| c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "-_()[]".contains(*c);
    let chars: Vec<char> = name.chars().collect();
    let twice = |pair: &[char]| pair.iter().all(char::is_ascii_whitespace);
    chars.iter().all(taken) && !chars.windows(2).any(twice)
}

/// Not too many. Those in tool results are not counted, as far as is known.
pub(super) fn count(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let found = case
        .blocks()
        .filter(|at| at.member("document").is_some())
        .count();
    match case.limits().documents {
        Some(most) if found > most => {
            Err(ApiError::row(rows::runtime::TOO_MANY_DOCUMENTS).with("most", &most.to_string()))
        }
        _ => Ok(()),
    }
}

/// Never without words beside them.
pub(super) fn text_beside_them(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let alone = |message: &Value| {
        let content = message.items("content");
        let has = |kind: &str| content.iter().any(|b| b.get(kind).is_some());
        has("document") && !has("text")
    };
    refuse_if(
        case.messages().iter().any(alone),
        rows::runtime::DOCUMENT_WITHOUT_TEXT,
    )
}

/// Not too large, and of the type that they say.
pub(super) fn size_and_type(case: &RuleInput<'_>) -> Result<(), ApiError> {
    let most = case.limits().document_bytes;
    for document in all(case) {
        let Some(bytes) = bytes(document) else {
            continue;
        };
        if most.is_some_and(|most| bytes.len() > most) {
            return Err(ApiError::row(rows::runtime::DOCUMENT_TOO_LARGE));
        }
        let format = document
            .member("format")
            .and_then(Value::as_str)
            .unwrap_or("txt");
        let detected = file_type(&bytes);
        let fits = match format {
            "pdf" => detected == FileType::Pdf,
            "docx" | "xlsx" => detected == FileType::Zip,
            // Older formats have many forms, some of them plain text.
            "doc" | "xls" => matches!(detected, FileType::Text | FileType::Ole | FileType::Zip),
            _ => detected == FileType::Text,
        };
        if fits {
            continue;
        }
        return Err(match detected.document_name() {
            Some(name) => ApiError::row(rows::runtime::DOCUMENT_MISTAKEN)
                .with("detected", name)
                .with("provided", &format.to_uppercase()),
            None => ApiError::row(rows::runtime::DOCUMENT_TYPE).with("type", detected.media_type()),
        });
    }
    Ok(())
}

/// Every document of the messages and of the tool results in them.
fn all<'a>(case: &RuleInput<'a>) -> impl Iterator<Item = &'a Value> + use<'a> {
    case.blocks_and_results()
        .filter_map(|at| at.member("document"))
}

fn bytes(document: &Value) -> Option<Vec<u8>> {
    let text = document.at(&["source", "bytes"])?.as_str()?;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}
