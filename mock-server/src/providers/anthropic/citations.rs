//! Documents and search results of an Anthropic Messages body that it asks to be cited, and how
//! Anthropic tells a citation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::behaviour::{Places, Source};
use crate::json::{Json as _, items};

/// Every document and search result with `citations.enabled`, in order. Indexes count all documents,
/// or all search results, of the request, whether they may be cited or not.
pub(in crate::providers) fn sources(messages: &[Value]) -> Vec<Source> {
    let mut out = Vec::new();
    let (mut documents, mut results) = (0, 0);
    let contents = messages.iter().flat_map(|m| m.items("content"));
    for block in contents {
        let inner = match kind(block) {
            Some("tool_result") => block.items("content"),
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

/// A citation in Anthropic's words.
pub(in crate::providers) fn citation(citation: &Value) -> Value {
    let number = |path: &str| citation.pointer(path).cloned().unwrap_or(Value::Null);
    let quoted = number("/sourceContent/0/text");
    // A document without a title has null for one.
    let title = number("/title");
    let title = if title == "" { Value::Null } else { title };
    let place = |kind: &str, ours: &str, start: &str, end: &str| {
        let at = |member: &str| number(&format!("/location/{ours}/{member}"));
        json!({
            "type": kind,
            "cited_text": quoted,
            "document_index": at("documentIndex"),
            "document_title": title,
            start: at("start"),
            end: at("end"),
        })
    };
    let located = |kind: &str| citation.pointer(&format!("/location/{kind}")).is_some();
    if located("documentPage") {
        place(
            "page_location",
            "documentPage",
            "start_page_number",
            "end_page_number",
        )
    } else if located("documentChunk") {
        place(
            "content_block_location",
            "documentChunk",
            "start_block_index",
            "end_block_index",
        )
    } else if located("searchResultLocation") {
        let at = |member: &str| number(&format!("/location/searchResultLocation/{member}"));
        json!({
            "type": "search_result_location",
            "cited_text": quoted,
            "source": number("/source"),
            "title": title,
            "search_result_index": at("searchResultIndex"),
            "start_block_index": at("start"),
            "end_block_index": at("end"),
        })
    } else {
        place(
            "char_location",
            "documentChar",
            "start_char_index",
            "end_char_index",
        )
    }
}

fn kind(block: &Value) -> Option<&str> {
    block.member("type")?.as_str()
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
        texts: texts_of(result.member("content")),
        places: Places::SearchResult,
        index,
    }
}

fn texts_of(content: Option<&Value>) -> Vec<String> {
    match content {
        Some(Value::String(text)) => vec![text.clone()],
        blocks => items(blocks)
            .iter()
            .filter_map(|b| b.member("text")?.as_str())
            .map(Into::into)
            .collect(),
    }
}
