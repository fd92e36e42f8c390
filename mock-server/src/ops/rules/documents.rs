//! Documents: names, number, size, and whether their bytes are of the type that they name.

use std::collections::HashSet;

use base64::Engine as _;

use super::file_types::{FileType, file_type};
use super::{RuleInput, refuse_if};
use crate::conversation::{DocumentView, MessageView};
use crate::wire::{ApiError, rows};

/// Names have the characters that the service accepts and differ over the whole conversation.
pub(super) fn names(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let mut seen = HashSet::new();
    for document in all(input) {
        let name = document.name.unwrap_or_default();
        if !well_named(name) {
            return Err(ApiError::row(rows::runtime::DOCUMENT_NAME));
        }
        if !seen.insert(name) {
            return Err(ApiError::row(rows::runtime::DOCUMENT_NAMES));
        }
    }
    Ok(())
}

/// Whether a name has only letters, digits, single white space, hyphens, parentheses, square brackets and
/// underscores; the documentation does not name the last.
fn well_named(name: &str) -> bool {
    let taken =
        |c: &char| c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "-_()[]".contains(*c);
    let chars: Vec<char> = name.chars().collect();
    let twice = |pair: &[char]| pair.iter().all(char::is_ascii_whitespace);
    chars.iter().all(taken) && !chars.windows(2).any(twice)
}

/// Not more documents than the model accepts. Those in tool results are not counted, as far as is known.
pub(super) fn count(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let documents = input.blocks().filter(|at| at.kind().document().is_some());
    let found = documents.count();
    match input.limits().documents {
        Some(most) if found > most => {
            Err(ApiError::row(rows::runtime::TOO_MANY_DOCUMENTS).with("most", &most.to_string()))
        }
        _ => Ok(()),
    }
}

/// A message with a document has text, too.
pub(super) fn text_accompanies(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let alone = |message: &MessageView<'_>| {
        message.has(|kind| kind.document().is_some()) && !message.has(|kind| kind.text().is_some())
    };
    refuse_if(
        input.messages().iter().any(alone),
        rows::runtime::DOCUMENT_WITHOUT_TEXT,
    )
}

/// Not too large, and of the type that the document names.
pub(super) fn size_and_type(input: &RuleInput<'_>) -> Result<(), ApiError> {
    let most = input.limits().document_bytes;
    let standard = &base64::engine::general_purpose::STANDARD;
    for document in all(input) {
        let Some(bytes) = document.bytes.and_then(|text| standard.decode(text).ok()) else {
            continue;
        };
        if most.is_some_and(|most| bytes.len() > most) {
            return Err(ApiError::row(rows::runtime::DOCUMENT_TOO_LARGE));
        }
        let format = document.format.unwrap_or("txt");
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
fn all<'a>(input: &RuleInput<'a>) -> impl Iterator<Item = &'a DocumentView<'a>> + use<'a> {
    input
        .blocks_and_results()
        .filter_map(|at| at.kind().document())
}
