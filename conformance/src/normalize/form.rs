//! The form of an exchange: what two runs, and two targets, can share of it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::tokens::Tokens;
use super::{stream, values};
use crate::wire::Exchange;

/// Headers that are compared, and why these. All others are a target's own affair.
const HEADERS: &[(&str, &str)] = &[
    ("content-type", "SDKs choose their parser by it"),
    ("content-length", "clients read so many bytes"),
    ("transfer-encoding", "clients read to the last chunk"),
    ("connection", "clients use a connection again, or not"),
    ("date", "SDKs correct their clocks by it"),
    (
        "x-amzn-requestid",
        "people send it to the service's support",
    ),
    ("x-amzn-errortype", "SDKs choose their exception by it"),
    ("retry-after", "clients wait so long"),
];
/// Start of further ones: counts and times of InvokeModel.
const BEDROCK_HEADERS: &str = "x-amzn-bedrock-";

/// The forms of all exchanges of a report, by case, in the order of rows and steps. Exchanges whose body
/// the report has only in part are told by their heads.
pub fn of_report(lines: &[Value]) -> BTreeMap<String, Value> {
    let mut sorted: Vec<&Value> = lines
        .iter()
        .filter(|line| line["event"] == "exchange")
        .collect();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    sorted.sort_by_key(|line| (text(line, "case"), text(line, "row"), line["step"].as_u64()));
    let mut out: BTreeMap<String, (Tokens, Vec<Value>)> = BTreeMap::new();
    for line in sorted {
        let (tokens, forms) = out.entry(text(line, "case")).or_default();
        let mut form = of_wire(&line["wire"]);
        if let (Some(row), Some(members)) = (line["row"].as_str(), form.as_object_mut()) {
            members.insert("row".into(), row.into());
        }
        forms.push(normalise(&form, tokens));
    }
    out.into_iter()
        .map(|(case, (_, forms))| (case, Value::Array(forms)))
        .collect()
}

/// An exchange of a report, taken apart: request line, status, headers, and body or events.
fn of_wire(line: &Value) -> Value {
    let text = |name: &str| line[name].as_str().unwrap_or_default();
    let request = text("request_head").lines().next().unwrap_or_default();
    let request = request.trim_end_matches(" HTTP/1.1");
    let mut head = text("response_head").lines();
    let status = head
        .next()
        .and_then(|line| line.split(' ').nth(1)?.parse::<u16>().ok());
    let headers: Vec<(String, String)> = head
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let body = bytes(&line["response_body"]);
    let mut form = json!({"request": request, "status": status, "headers": headers});
    let Some(body) = body else {
        return form;
    };
    let exchange = Exchange::recorded(status.unwrap_or_default(), headers, body);
    if exchange.is_event_stream() {
        form["events"] = stream::events(&exchange);
    } else if let Some(body) = exchange.json() {
        form["body"] = body.clone();
    } else if !exchange.body.is_empty() {
        form["text"] = String::from_utf8_lossy(&exchange.body).into();
    }
    if let Some(cut) = line["cut"].as_str() {
        form["cut"] = cut.into();
    }
    form
}

/// A body of a report, if it is there whole.
fn bytes(body: &Value) -> Option<Vec<u8>> {
    let bytes = match (body["text"].as_str(), body["base64"].as_str()) {
        (Some(text), _) => text.as_bytes().to_vec(),
        (None, Some(encoded)) => STANDARD.decode(encoded).ok()?,
        _ => Vec::new(),
    };
    (body["bytes"].as_u64() == Some(bytes.len() as u64)).then_some(bytes)
}

/// The form of an exchange that was taken apart, or of a form.
pub fn normalise(exchange: &Value, tokens: &mut Tokens) -> Value {
    let mut out = serde_json::Map::new();
    for (name, value) in exchange.as_object().into_iter().flatten() {
        let value = match name.as_str() {
            "request" => tokens.request(value.as_str().unwrap_or_default()).into(),
            "headers" => headers(value, tokens),
            "events" => stream::normalise(value, tokens),
            "body" => values::normalise(value, tokens),
            "text" | "cut" => tokens.text(value.as_str().unwrap_or_default()).into(),
            _ => value.clone(),
        };
        out.insert(name.clone(), value);
    }
    Value::Object(out)
}

/// Names in their order and case, each with what its value is.
fn headers(all: &Value, tokens: &mut Tokens) -> Value {
    let compared = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with(BEDROCK_HEADERS) || HEADERS.iter().any(|(known, _)| *known == name)
    };
    let pair = |pair: &Value| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned()));
    all.as_array()
        .into_iter()
        .flatten()
        .filter_map(pair)
        .filter(|(name, _)| compared(name))
        .map(|(name, value)| {
            let counted = value.bytes().all(|b| b.is_ascii_digit()) && !value.is_empty();
            let value = match name.to_ascii_lowercase().as_str() {
                "date" => "<date>".to_owned(),
                _ if counted => "<int>".to_owned(),
                _ => tokens.text(&value),
            };
            json!([name, value])
        })
        .collect()
}
