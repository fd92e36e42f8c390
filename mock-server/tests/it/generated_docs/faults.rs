//! Kinds of faults, from `GET /_mock/faults/kinds`.

use serde_json::Value;

use super::markdown::{code, codes, table as markdown};

/// The text of a protocol in which nothing differs from the description.
const SAME: &str = "as described";

/// Returns the kinds with the names of their parameters.
pub(crate) fn table(kinds: &Value) -> String {
    let rows: Vec<Vec<String>> = list(kinds)
        .iter()
        .map(|kind| {
            let names = parameters_of(kind).iter().map(|p| text(p, "name"));
            vec![
                code(text(kind, "name")),
                codes(names),
                reach(text(kind, "reach")).to_owned(),
                text(kind, "what").to_owned(),
            ]
        })
        .collect();
    markdown(
        &["fault", "parameters", "applies to", "what goes wrong"],
        &rows,
    )
}

/// Returns every parameter of every kind with its meaning.
pub(crate) fn parameters(kinds: &Value) -> String {
    let rows: Vec<Vec<String>> = list(kinds)
        .iter()
        .flat_map(|kind| {
            parameters_of(kind).iter().map(|parameter| {
                let required = if parameter["required"] == true {
                    "yes"
                } else {
                    "no"
                };
                vec![
                    code(text(kind, "name")),
                    code(text(parameter, "name")),
                    required.to_owned(),
                    text(parameter, "what").to_owned(),
                ]
            })
        })
        .collect();
    markdown(&["fault", "parameter", "required", "meaning"], &rows)
}

/// Returns what a client sees of the kinds that differ by protocol.
pub(crate) fn protocols(kinds: &Value) -> String {
    let rows: Vec<Vec<String>> = list(kinds)
        .iter()
        .filter(|kind| [text(kind, "http1"), text(kind, "h2")] != [SAME, SAME])
        .map(|kind| {
            let cells = [text(kind, "http1"), text(kind, "h2")].map(str::to_owned);
            [vec![code(text(kind, "name"))], cells.into()].concat()
        })
        .collect();
    markdown(&["fault", "over HTTP/1.1", "over HTTP/2"], &rows)
}

fn reach(name: &str) -> &str {
    match name {
        "any" => "every answer",
        "whole" => "unary answers and errors",
        "streams" => "event streams",
        "converse-stream" => "`ConverseStream`",
        "invoke-model-with-response-stream" => "`InvokeModelWithResponseStream`",
        other => other,
    }
}

fn list(kinds: &Value) -> &Vec<Value> {
    kinds["kinds"].as_array().unwrap()
}

fn parameters_of(kind: &Value) -> &Vec<Value> {
    kind["parameters"].as_array().unwrap()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name}: {value}"))
}
