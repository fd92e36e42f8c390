//! An error of the service: status, type, casing and text, in JSON, XML or the row's own bytes.

use regex::Regex;
use serde_json::{Map, Value, json};

use super::compare::compare;
use super::judge_error::JudgeError;
use super::{Finding, Part};
use crate::case::ExpectedError;
use crate::model::{ErrorRow, Form};
use crate::reference_data::ReferenceData;
use crate::template::Bindings;
use crate::wire::Exchange;

pub(super) fn findings(
    reference: &ReferenceData,
    expected: &ExpectedError,
    bindings: &Bindings,
    exchange: &Exchange,
    found: &mut Vec<Finding>,
) -> Result<(), JudgeError> {
    match expected {
        ExpectedError::Row { id, with } => {
            let row = reference
                .errors
                .get(id)
                .ok_or_else(|| JudgeError::NoSuchRow { id: id.clone() })?;
            let text = text(row, with, bindings)?;
            status(&Value::from(row.status), exchange, found);
            match row.form {
                Form::Json => {
                    if let Some(kind) = &row.kind {
                        let whole = format!("{kind}{}", row.suffix);
                        kind_header(&whole, exchange.header("x-amzn-errortype"), found);
                    }
                    let mut body = Map::new();
                    body.insert(row.member.clone(), text);
                    body_is(reference, &Value::Object(body), exchange, found);
                    only_member(&row.member, exchange, found);
                }
                Form::Xml => {
                    let code = row.kind.as_deref().unwrap_or_default();
                    let body = json!({"ErrorResponse": {"Error": {"Code": code, "Message": text}}});
                    body_is(reference, &body, exchange, found);
                }
                Form::Literal => {
                    let seen = Value::String(String::from_utf8_lossy(&exchange.body).into_owned());
                    compare(reference, Part::Body, "", &text, &seen, found);
                }
            }
        }
        ExpectedError::Stated { kind, message } => {
            let stated = exchange
                .header("x-amzn-errortype")
                .map(|stated| stated.split(':').next().unwrap_or_default());
            let message = bindings.value(message)?;
            let body = exchange.json();
            // Query services tell the type in the body; SDKs look there in other answers too.
            let code = body.and_then(|body| {
                let stated = body["__type"].as_str().or_else(|| body["code"].as_str());
                let stated = stated.and_then(|kind| kind.rsplit('#').next());
                body["ErrorResponse"]["Error"]["Code"].as_str().or(stated)
            });
            kind_header(kind, stated.or(code), found);
            let text = body.and_then(|body| {
                body.get("message")
                    .or_else(|| body.get("Message"))
                    .or_else(|| body["ErrorResponse"]["Error"].get("Message"))
            });
            let missing = Value::Null;
            compare(
                reference,
                Part::Body,
                "/message",
                &message,
                text.unwrap_or(&missing),
                found,
            );
            if exchange.status < 400 {
                status(&json!({"$range": {"min": 400}}), exchange, found);
            }
        }
    }
    Ok(())
}

fn status(expected: &Value, exchange: &Exchange, found: &mut Vec<Finding>) {
    if expected.as_u64() != Some(u64::from(exchange.status)) {
        found.push(Finding::new(
            Part::Status,
            "",
            &expected.to_string(),
            &exchange.status.to_string(),
        ));
    }
}

fn kind_header(expected: &str, seen: Option<&str>, found: &mut Vec<Finding>) {
    if seen != Some(expected) {
        found.push(Finding::new(
            Part::Headers,
            "x-amzn-ErrorType",
            expected,
            seen.unwrap_or("no such header"),
        ));
    }
}

fn body_is(
    reference: &ReferenceData,
    expected: &Value,
    exchange: &Exchange,
    found: &mut Vec<Finding>,
) {
    match exchange.json() {
        Some(body) => compare(reference, Part::Body, "", expected, body, found),
        None => found.push(Finding::new(
            Part::Body,
            "",
            &expected.to_string(),
            &exchange.text_brief(),
        )),
    }
}

/// The service's own errors have the text and nothing else; those that model more members keep
/// to their shape, which the automatic checks judge.
fn only_member(member: &str, exchange: &Exchange, found: &mut Vec<Finding>) {
    let Some(body) = exchange.json().and_then(Value::as_object) else {
        return;
    };
    let modelled = ["originalStatusCode", "originalMessage", "resourceName"];
    for name in body.keys() {
        if name != member && !modelled.contains(&name.as_str()) {
            found.push(Finding::new(
                Part::Body,
                &format!("/{name}"),
                "nothing of that name",
                &body[name].to_string(),
            ));
        }
    }
}

/// A pattern of the row's text.
fn text(
    row: &ErrorRow,
    with: &[(String, Value)],
    bindings: &Bindings,
) -> Result<Value, JudgeError> {
    if row.form == Form::Literal {
        return Ok(Value::String(row.text.clone()));
    }
    let mut plain = row.text.clone();
    let mut pattern = regex::escape(&row.text);
    let mut is_pattern = false;
    for (name, value) in with {
        let value = bindings.value(value)?;
        let slot = format!("{{{name}}}");
        let escaped_slot = regex::escape(&slot);
        if let Some(regex) = value["$regex"].as_str() {
            is_pattern = true;
            pattern = pattern.replace(&escaped_slot, &format!("(?:{regex})"));
        } else {
            let text = match &value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            plain = plain.replace(&slot, &text);
            pattern = pattern.replace(&escaped_slot, &regex::escape(&text));
        }
    }
    if !is_pattern {
        return Ok(Value::String(plain));
    }
    Regex::new(&pattern)?;
    Ok(json!({"$regex": pattern}))
}
