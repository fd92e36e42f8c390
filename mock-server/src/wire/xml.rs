//! XML as the query services write it: indented by two blanks, a line break at the end.
//!
//! An operation's members are in `<XResult>`, which is left out where the operation gives
//! nothing. Members leave in the model's order.

use std::fmt::Write as _;

use serde_json::Value;

use super::answer::{Answer, Content};
use super::error::ApiError;
use crate::model::{Kind, Model, Operation, ShapeId};

/// Namespace of refusals that come before the request named a version of a service.
pub const FAULT: &str = "http://webservices.amazon.com/AWSFault/2005-15-09";

const CONTENT_TYPE: &str = "text/xml";

/// Results whose members leave in another order than the model's (the service's documentation and
/// published answers).
const PUBLISHED_ORDER: &[(&str, &[&str])] =
    &[("GetCallerIdentityResult", &["Arn", "UserId", "Account"])];

/// Writes an operation's answer.
pub fn answer(model: &Model, operation: &Operation, value: &Value, request_id: &str) -> Answer {
    let name = &operation.name;
    let mut out = Writer::default();
    out.open(&format!("{name}Response"), model.xml_namespace.as_deref());
    if let Some(shape) = operation.output {
        out.element(model, shape, &format!("{name}Result"), value);
    }
    out.open("ResponseMetadata", None);
    out.leaf("RequestId", request_id);
    out.close("ResponseMetadata");
    out.close(&format!("{name}Response"));
    whole(200, out.text, None)
}

/// Writes a refusal. The client is at fault unless the status says otherwise.
pub fn refusal(namespace: &str, error: &ApiError, request_id: &str) -> Answer {
    let mut out = Writer::default();
    out.open("ErrorResponse", Some(namespace));
    out.open("Error", None);
    out.leaf(
        "Type",
        if error.status() < 500 {
            "Sender"
        } else {
            "Receiver"
        },
    );
    out.leaf("Code", error.kind());
    out.leaf("Message", &error.message());
    out.close("Error");
    out.leaf("RequestId", request_id);
    out.close("ErrorResponse");
    let hint = error.log_hint().unwrap_or(error.source_row().id);
    let mut answer = whole(error.status(), out.text, Some(hint.to_owned()));
    answer.headers = error.extra_headers().to_vec();
    answer
}

fn whole(status: u16, text: String, hint: Option<String>) -> Answer {
    let content = Content::Bytes(text.into());
    Answer {
        status,
        content_type: Some(CONTENT_TYPE.into()),
        headers: Vec::new(),
        content,
        hint,
    }
}

#[derive(Default)]
struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    fn element(&mut self, model: &Model, shape: ShapeId, name: &str, value: &Value) {
        match (&model.shape(shape).kind, value) {
            (Kind::Structure { members, .. }, Value::Object(object)) => {
                self.open(name, None);
                let published = PUBLISHED_ORDER.iter().find(|(known, _)| *known == name);
                let mut members: Vec<_> = members.iter().collect();
                if let Some((_, order)) = published {
                    let place = |name: &str| order.iter().position(|one| *one == name);
                    members.sort_by_key(|m| place(&m.wire_name).unwrap_or(order.len()));
                }
                for member in members {
                    if let Some(value) = object.get(&*member.name).filter(|v| !v.is_null()) {
                        self.element(model, member.shape, &member.wire_name, value);
                    }
                }
                self.close(name);
            }
            (Kind::List { .. }, Value::Array(entries)) if entries.is_empty() => {
                self.indent();
                let _ = writeln!(self.text, "<{name}/>");
            }
            (Kind::List { member, .. }, Value::Array(entries)) => {
                self.open(name, None);
                for entry in entries {
                    self.element(model, *member, "member", entry);
                }
                self.close(name);
            }
            (_, Value::String(text)) => self.leaf(name, text),
            (_, other) => self.leaf(name, &other.to_string()),
        }
    }

    fn open(&mut self, name: &str, namespace: Option<&str>) {
        self.indent();
        let _ = match namespace {
            Some(namespace) => writeln!(self.text, "<{name} xmlns=\"{namespace}\">"),
            None => writeln!(self.text, "<{name}>"),
        };
        self.depth += 1;
    }

    fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.indent();
        let _ = writeln!(self.text, "</{name}>");
    }

    fn leaf(&mut self, name: &str, text: &str) {
        self.indent();
        let _ = writeln!(self.text, "<{name}>{}</{name}>", escape(text));
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }
}

/// Text between tags. XML 1.0 has no way to write most control characters, so a message that
/// quotes one shows the replacement character.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            '\n' | '\t' => out.push(c),
            '\u{FFFE}' | '\u{FFFF}' => out.push(char::REPLACEMENT_CHARACTER),
            c if c.is_ascii_control() && c != '\u{7F}' => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::overlay::Overlay;

    fn text(answer: &Answer) -> &str {
        let Content::Bytes(bytes) = &answer.content else {
            panic!("not whole")
        };
        std::str::from_utf8(bytes).unwrap()
    }

    /// Body and length of a recorded answer of STS (aws-azure-login/aws-azure-login#251).
    #[test]
    fn a_refusal_is_the_recorded_one_byte_for_byte() {
        let error = ApiError::row(crate::wire::rows::query::ACCESS_KEY_UNKNOWN);
        let found = refusal(
            "https://sts.amazonaws.com/doc/2011-06-15/",
            &error,
            "16fc956c-311e-4199-bee1-1680236e9698",
        );
        let recorded = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>Sender</Type>\n    <Code>InvalidClientTokenId</Code>\n    <Message>The security token included in the request is invalid</Message>\n  </Error>\n  <RequestId>16fc956c-311e-4199-bee1-1680236e9698</RequestId>\n</ErrorResponse>\n";
        assert_eq!(text(&found), recorded);
        assert_eq!(recorded.len(), 305);
        assert_eq!(
            (found.status, found.content_type.as_deref()),
            (403, Some("text/xml"))
        );
    }

    #[test]
    fn members_leave_in_the_models_order_and_lists_as_member() {
        let model = Model::load(bedrock_fixtures::models::IAM, Overlay::default()).unwrap();
        let operation = model.operation("GetUser").unwrap();
        let value = json!({"User": {
            "Tags": [{"Key": "a<b", "Value": "\"1\" & \u{1}"}],
            "UserName": "u", "Path": "/",
        }});
        assert_eq!(
            text(&answer(&model, operation, &value, "id")),
            "<GetUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n  <GetUserResult>\n    <User>\n      <Path>/</Path>\n      <UserName>u</UserName>\n      <Tags>\n        <member>\n          <Key>a&lt;b</Key>\n          <Value>&quot;1&quot; &amp; \u{FFFD}</Value>\n        </member>\n      </Tags>\n    </User>\n  </GetUserResult>\n  <ResponseMetadata>\n    <RequestId>id</RequestId>\n  </ResponseMetadata>\n</GetUserResponse>\n"
        );
    }

    #[test]
    fn an_operation_that_gives_nothing_has_no_result() {
        let model = Model::load(bedrock_fixtures::models::IAM, Overlay::default()).unwrap();
        let operation = model.operation("DeleteUser").unwrap();
        assert_eq!(
            text(&answer(&model, operation, &json!({}), "id")),
            "<DeleteUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n  <ResponseMetadata>\n    <RequestId>id</RequestId>\n  </ResponseMetadata>\n</DeleteUserResponse>\n"
        );
    }
}
