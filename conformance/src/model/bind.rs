//! An operation's input → method, target, headers, body.
//!
//! Nothing is checked: a case sends wrong values on purpose. A member that the model does not
//! have goes into the body as it is.

use serde_json::{Map, Value};

use super::query_form;
use super::scalar::text;
use super::service::{Operation, Protocol, Service};
use crate::percent::encode;

/// A request before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// HTTP method.
    pub method: String,
    /// Path and query, encoded.
    pub target: String,
    /// Headers that the operation's members or its protocol make.
    pub headers: Vec<(String, String)>,
    /// Body; none where the operation sends none.
    pub body: Option<Vec<u8>>,
}

/// Makes the request.
pub fn bind(service: &Service, operation: &Operation, input: &Value) -> Bound {
    let empty = Map::new();
    let input = input.as_object().unwrap_or(&empty);
    match service.protocol {
        Protocol::Query => Bound {
            method: "POST".to_owned(),
            target: "/".to_owned(),
            headers: vec![(
                "Content-Type".to_owned(),
                "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
            )],
            body: Some(query_form::form(service, operation, input).into_bytes()),
        },
        Protocol::RestJson => rest(service, operation, input),
    }
}

fn rest(service: &Service, operation: &Operation, input: &Map<String, Value>) -> Bound {
    let shape = operation.input.as_deref().unwrap_or_default();
    let payload = service.shape(shape)["payload"].as_str();
    let mut path = operation.uri.clone();
    let mut query = Vec::new();
    let mut headers = Vec::new();
    let mut body = Map::new();
    let mut raw = None;
    for (name, value) in input {
        let member = &service.shape(shape)["members"][name];
        let wire_name = member["locationName"].as_str().unwrap_or(name);
        match member["location"].as_str() {
            Some("uri") => {
                path = path.replace(&format!("{{{wire_name}}}"), &encode(&text(value)));
            }
            Some("querystring") => match value {
                Value::Array(items) => {
                    query.extend(items.iter().map(|item| (wire_name.to_owned(), text(item))));
                }
                Value::Object(pairs) => {
                    query.extend(pairs.iter().map(|(key, item)| (key.clone(), text(item))));
                }
                _ => query.push((wire_name.to_owned(), text(value))),
            },
            Some("header") => headers.push((wire_name.to_owned(), text(value))),
            _ if payload == Some(name) => raw = Some(bytes(value)),
            _ => {
                body.insert(wire_name.to_owned(), value.clone());
            }
        }
    }
    let mut target = path;
    for (index, (name, value)) in query.iter().enumerate() {
        target.push(if index == 0 { '?' } else { '&' });
        target.push_str(&format!("{}={}", encode(name), encode(value)));
    }
    let has_body = service
        .members(shape)
        .iter()
        .any(|(_, member, _)| member["location"].is_null());
    let body = match raw {
        Some(raw) => Some(raw),
        None if has_body || !body.is_empty() => Some(Value::Object(body).to_string().into_bytes()),
        None => None,
    };
    if body.is_some()
        && !headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
    {
        headers.insert(
            0,
            ("Content-Type".to_owned(), "application/json".to_owned()),
        );
    }
    Bound {
        method: operation.method.clone(),
        target,
        headers,
        body,
    }
}

/// A payload: text as it is, anything else as compact JSON.
fn bytes(value: &Value) -> Vec<u8> {
    text(value).into_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Models;
    use super::*;

    fn bound(name: &str, input: &Value) -> Bound {
        let models = Models::embedded().unwrap();
        let (service, operation) = models.operation(name).unwrap();
        bind(service, operation, input)
    }

    #[test]
    fn members_go_where_the_model_puts_them() {
        let request = bound(
            "InvokeModel",
            &json!({"modelId": "arn:x/y", "trace": "ENABLED", "body": {"a": 1}}),
        );
        assert_eq!(request.target, "/model/arn%3Ax%2Fy/invoke");
        assert_eq!(
            request.headers,
            [
                ("Content-Type".to_owned(), "application/json".to_owned()),
                ("X-Amzn-Bedrock-Trace".to_owned(), "ENABLED".to_owned())
            ]
        );
        assert_eq!(request.body.unwrap(), br#"{"a":1}"#);

        let request = bound(
            "ListInferenceProfiles",
            &json!({"typeEquals": "APPLICATION", "maxResults": 5}),
        );
        assert_eq!(
            request.target,
            "/inference-profiles?type=APPLICATION&maxResults=5"
        );
        assert_eq!(request.body, None);
    }

    #[test]
    fn a_query_service_gets_a_form() {
        let request = bound(
            "CreateUser",
            &json!({"UserName": "a b", "Tags": [{"Key": "k", "Value": "v"}]}),
        );
        assert_eq!(
            String::from_utf8(request.body.unwrap()).unwrap(),
            "Action=CreateUser&Version=2010-05-08&UserName=a%20b\
             &Tags.member.1.Key=k&Tags.member.1.Value=v"
        );
    }
}
