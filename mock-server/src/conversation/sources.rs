//! Documents and search results that a request enables citations of.

use base64::Engine as _;
use serde_json::Value;

use super::block::{DocumentView, SearchResultView, ViewKind};
use super::view::MessageView;
use crate::behaviour::{Places, Source};
use crate::json::{Json as _, items};

/// Returns every document and search result that may be cited, in order. Indexes count all documents,
/// or all search results, of the request, whether they may be cited or not.
pub(super) fn sources(messages: &[MessageView<'_>]) -> Vec<Source> {
    let mut out = Vec::new();
    let (mut documents, mut results) = (0, 0);
    for block in messages.iter().flat_map(|m| &m.content) {
        for block in std::iter::once(block).chain(block.nested()) {
            match &block.kind {
                ViewKind::Document(document) => {
                    out.extend(document.cited.then(|| of_document(document, documents)));
                    documents += 1;
                }
                ViewKind::SearchResult(result) => {
                    out.extend(result.cited.then(|| of_result(result, results)));
                    results += 1;
                }
                _ => {}
            }
        }
    }
    out
}

fn of_document(document: &DocumentView<'_>, index: usize) -> Source {
    let (texts, places) = if let Some(text) = document.text {
        (vec![text.to_owned()], Places::Chars)
    } else if let Some(content) = document.content {
        (texts_of(content), Places::Chunks)
    } else {
        let decoded = document
            .bytes
            .and_then(|b| base64::engine::general_purpose::STANDARD.decode(b).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .filter(|_| document.format != Some("pdf"));
        let places = match decoded {
            Some(_) => Places::Chars,
            None => Places::Pages,
        };
        (decoded.into_iter().collect(), places)
    };
    Source {
        title: document.name.unwrap_or_default().to_owned(),
        address: None,
        texts,
        places,
        index,
    }
}

fn of_result(result: &SearchResultView<'_>, index: usize) -> Source {
    Source {
        title: result.title.unwrap_or_default().to_owned(),
        address: result.source.map(Into::into),
        texts: result.content.map(texts_of).unwrap_or_default(),
        places: Places::SearchResult,
        index,
    }
}

fn texts_of(content: &Value) -> Vec<String> {
    items(Some(content))
        .iter()
        .filter_map(|block| block.member("text")?.as_str())
        .map(Into::into)
        .collect()
}
