//! An input as a form of the query protocol: `List.member.1.Name=value`.

use serde_json::{Map, Value};

use super::scalar::text;
use super::service::{Operation, Service};
use crate::percent::encode;

pub(super) fn form(service: &Service, operation: &Operation, input: &Map<String, Value>) -> String {
    let mut pairs = vec![
        ("Action".to_owned(), operation.name.clone()),
        ("Version".to_owned(), service.version.clone()),
    ];
    for (name, value) in input {
        flatten(name, value, &mut pairs);
    }
    pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}

fn flatten(prefix: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(&format!("{prefix}.member.{}", index + 1), item, pairs);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                flatten(&format!("{prefix}.{name}"), member, pairs);
            }
        }
        _ => pairs.push((prefix.to_owned(), text(value))),
    }
}
