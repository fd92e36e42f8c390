//! Documents and search results of an Anthropic Messages body that it asks to be cited.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::behaviour::{Places, Source};

/// Every document and search result with `citations.enabled`, in order. Indexes count all documents,
/// or all search results, of the request, whether they may be cited or not.
pub(super) fn sources(messages: &[Value]) -> Vec<Source> {
    let mut out = Vec::new();
    let (mut documents, mut results) = (0, 0);
    let contents = messages.iter().flat_map(|m| list(m.get("content")));
    for block in contents {
        let inner = match kind(block) {
            Some("tool_result") => list(block.get("content")),
            _ => &[],
        };
        for block in std::iter::once(block).chain(inner) {
            match kind(block) {
                Some("document") => {
                    out.extend(citable(block).then(|| of_document(block, documents)));
                    documents += 1;
                }
                Some("search_result") => {
                    out.extend(citable(block).then(|| of_result(block, results)));
                    results += 1;
                }
                _ => {}
            }
        }
    }
    out
}

fn kind(block: &Value) -> Option<&str> {
    block.get("type")?.as_str()
}

fn citable(block: &Value) -> bool {
    block.pointer("/citations/enabled") == Some(&Value::Bool(true))
}

fn of_document(document: &Value, index: usize) -> Source {
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
    let data = || text("/source/data").unwrap_or_default();
    let (texts, places) = match text("/source/type") {
        Some("text") => (vec![data().to_owned()], Places::Chars),
        Some("content") => {
            let content = document.pointer("/source/content");
            (texts_of(content), Places::Chunks)
        }
        _ if text("/source/media_type") == Some("text/plain") => {
            let decoded = STANDARD.decode(data()).unwrap_or_default();
            let decoded = String::from_utf8_lossy(&decoded).into_owned();
            (vec![decoded], Places::Chars)
        }
        _ => (Vec::new(), Places::Pages),
    };
    Source {
        title: text("/title").unwrap_or_default().to_owned(),
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
        texts: texts_of(result.get("content")),
        places: Places::SearchResult,
        index,
    }
}

fn texts_of(content: Option<&Value>) -> Vec<String> {
    match content {
        Some(Value::String(text)) => vec![text.clone()],
        blocks => list(blocks)
            .iter()
            .filter_map(|b| b.get("text")?.as_str())
            .map(Into::into)
            .collect(),
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    let entries = value.and_then(Value::as_array);
    entries.map(Vec::as_slice).unwrap_or_default()
}
