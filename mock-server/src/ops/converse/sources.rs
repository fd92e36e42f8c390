//! Documents and search results that a request asks to be cited.

use base64::Engine as _;
use serde_json::Value;

use crate::behaviour::{Places, Source};
use crate::json::Json as _;
use crate::json::items;

/// Every document and search result with `citations.enabled`, in order. Indexes count all documents,
/// or all search results, of the request, whether they may be cited or not.
pub(super) fn sources(messages: &[Value]) -> Vec<Source> {
    let mut out = Vec::new();
    let (mut documents, mut results) = (0, 0);
    for message in messages {
        for block in message.items("content") {
            let inner = items(block.at(&["toolResult", "content"]));
            for block in std::iter::once(block).chain(inner) {
                if let Some(document) = block.member("document") {
                    out.extend(citable(document).then(|| of_document(document, documents)));
                    documents += 1;
                }
                if let Some(result) = block.member("searchResult") {
                    out.extend(citable(result).then(|| of_result(result, results)));
                    results += 1;
                }
            }
        }
    }
    out
}

fn citable(block: &Value) -> bool {
    block.at(&["citations", "enabled"]) == Some(&Value::Bool(true))
}

fn of_document(document: &Value, index: usize) -> Source {
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
    let title = text("/name").unwrap_or_default().to_owned();
    let (texts, places) = if let Some(text) = text("/source/text") {
        (vec![text.to_owned()], Places::Chars)
    } else if let Some(content) = document.at(&["source", "content"]) {
        (texts_of(content), Places::Chunks)
    } else {
        let decoded = text("/source/bytes")
            .and_then(|b| base64::engine::general_purpose::STANDARD.decode(b).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .filter(|_| text("/format") != Some("pdf"));
        let places = match decoded {
            Some(_) => Places::Chars,
            None => Places::Pages,
        };
        (decoded.into_iter().collect(), places)
    };
    Source {
        title,
        address: None,
        texts,
        places,
        index,
    }
}

fn of_result(result: &Value, index: usize) -> Source {
    let text = |name: &str| result.get(name).and_then(Value::as_str);
    Source {
        title: text("title").unwrap_or_default().to_owned(),
        address: text("source").map(Into::into),
        texts: result.member("content").map(texts_of).unwrap_or_default(),
        places: Places::SearchResult,
        index,
    }
}

fn texts_of(content: &Value) -> Vec<String> {
    items(Some(content))
        .iter()
        .filter_map(|b| b.member("text")?.as_str())
        .map(Into::into)
        .collect()
}
