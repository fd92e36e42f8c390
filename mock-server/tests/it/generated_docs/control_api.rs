//! Paths of the control API, from `GET /_mock/openapi.json`, in the order of the running table.

use serde_json::Value;

use super::markdown::{code, codes, table as markdown};

pub(crate) fn table(document: &Value) -> String {
    let rows: Vec<Vec<String>> = bedrock_mock::control::paths()
        .into_iter()
        .map(|path| {
            let methods = document["paths"][path].as_object().unwrap();
            let lines: Vec<String> = methods
                .iter()
                .map(|(name, method)| line(name, method))
                .collect();
            vec![code(path), lines.join("<br>")]
        })
        .collect();
    markdown(&["path", "what"], &rows)
}

/// Describes one method: its summary and its query parameters.
fn line(name: &str, method: &Value) -> String {
    let summary = method["summary"].as_str().unwrap();
    let query: Vec<&str> = method["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect();
    let query = match query.is_empty() {
        true => String::new(),
        false => format!(". Query: {}", codes(query.into_iter())),
    };
    format!("{}: {summary}{query}", name.to_uppercase())
}
