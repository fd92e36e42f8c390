//! Cohere Rerank and Amazon Rerank: documents by relevance to a query.
//!
//! Both take and give the same members. A document is a text, or an object, which counts as the
//! text of its members; of a long one only the first tokens are read, as Cohere documents it.

use serde_json::{Value, json};

use crate::behaviour::tokens;
use crate::providers::forms::singles;
use crate::providers::{Ask, Dialect, Metrics, Request, Said};
use crate::wire::ApiError;

/// Tokens of a document that are read unless `max_tokens_per_doc` says otherwise.
const TOKENS: u64 = 4_096;

pub(super) const DIALECT: Dialect = Dialect {
    name: "rerank",
    covers: |model, _| model.starts_with("cohere.rerank") || model.starts_with("amazon.rerank"),
    schema: Some(bedrock_fixtures::providers::RERANK),
    parse,
    render,
    chunks: None,
    metrics: Metrics::OnTheLast,
    tells: &[],
    view: None,
};

fn parse(request: &Request<'_>) -> Result<Ask, ApiError> {
    let read = request.number("max_tokens_per_doc").unwrap_or(TOKENS);
    let cut = |text: String| match tokens::split(&text) {
        tokens if tokens.len() as u64 > read => tokens[..read as usize].concat(),
        _ => text,
    };
    let documents: Vec<String> = request
        .member("documents")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|d| cut(text(d)))
        .collect();
    let top = request.number("top_n").map(|n| n as usize);
    Ok(Ask::Rerank {
        query: request.text("query").unwrap_or_default().to_owned(),
        top: top.unwrap_or(documents.len()),
        documents,
    })
}

fn text(document: &Value) -> String {
    match document {
        Value::String(text) => text.clone(),
        Value::Object(members) => members.values().map(text).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

fn render(_request: &Request<'_>, said: &Said) -> Value {
    let Said::Ranking(said) = said else {
        return Value::Null;
    };
    let results: Vec<Value> = said
        .places
        .iter()
        .map(|p| json!({"index": p.index, "relevance_score": singles(&[p.score])[0]}))
        .collect();
    json!({ "results": results })
}
