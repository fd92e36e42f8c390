//! The query protocol of IAM and STS: a form → the operation's input.
//!
//! The form stands in the body of a POST or in the query of a GET; both are read, as by the
//! services. `Action` names the operation. Members of structures are joined by dots, entries of
//! lists are counted from 1 behind `.member.`, and an empty list is a name without a value.
//! Parameters that the operation does not have are ignored: signatures travel among them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::bind::{BindError, Input, decode, scalar};
use super::load::Model;
use super::shape::{Kind, Operation, ShapeId};
use super::validate::Findings;

/// Parts of a name beyond this are no parameter of these services, and a tree of them would cost
/// more than the request did.
const DEEPEST: usize = 12;

/// Hides values in messages about broken constraints.
const WITHOUT_VALUES: &str = "violations-without-values";

/// A form, decoded.
#[derive(Debug, Default)]
pub struct Form {
    pairs: Vec<(String, String)>,
}

impl Form {
    /// Whether a request carries a form of this protocol. Decodes nothing, so that a broken form
    /// is refused in the protocol's own way.
    pub fn is_here(query: &str, body: &[u8]) -> bool {
        let in_body = std::str::from_utf8(body).unwrap_or_default();
        let mut pairs = query.split('&').chain(in_body.split('&'));
        pairs.any(|pair| pair.starts_with("Action="))
    }

    /// Reads the query string and the body. Fails on broken percent escapes and on bytes that are
    /// not UTF-8.
    pub fn read(query: &str, body: &[u8]) -> Result<Self, BindError> {
        let bad = |member: &str| BindError::BadEncoding {
            member: member.chars().take(64).collect(),
        };
        let body = std::str::from_utf8(body).map_err(|_| bad("body"))?;
        let mut pairs = Vec::new();
        for pair in query
            .split('&')
            .chain(body.split('&'))
            .filter(|pair| !pair.is_empty())
        {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decoded = decode(name, true).zip(decode(value, true));
            pairs.push(decoded.ok_or_else(|| bad(name))?);
        }
        Ok(Self { pairs })
    }

    /// A parameter; of several with one name the last.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .rev()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// Fills an operation's input.
    pub fn bind(&self, model: &Model, operation: &Operation) -> Result<Input, BindError> {
        let mut input = Input::default();
        let Some(shape) = operation.input else {
            return Ok(input);
        };
        let root = self.tree();
        if let Some(Value::Object(members)) = convert(model, shape, &root)? {
            input.members = members;
        }
        Ok(input)
    }

    fn tree(&self) -> Node<'_> {
        let mut root = Node::default();
        for (name, value) in &self.pairs {
            if name.split('.').nth(DEEPEST).is_none() {
                let leaf = name.split('.').fold(&mut root, |node, part| {
                    node.children.entry(part).or_default()
                });
                leaf.text = Some(value);
            }
        }
        root
    }
}

/// Puts findings into the words of the query services: members begin with a small letter, and
/// some services leave values out.
pub fn reword(model: &Model, findings: &mut Findings) {
    for violation in &mut findings.violations {
        let parts: Vec<String> = violation.path.split('.').map(small_first).collect();
        violation.path = parts.join(".");
        if model.overlay.switch(WITHOUT_VALUES) {
            violation.value = None;
        }
    }
}

/// A parameter's name, part by part.
#[derive(Debug, Default)]
struct Node<'f> {
    text: Option<&'f str>,
    children: BTreeMap<&'f str, Self>,
}

/// A part of the form as its shape; `None` where the form says nothing about it.
fn convert(model: &Model, shape: ShapeId, node: &Node<'_>) -> Result<Option<Value>, BindError> {
    match &model.shape(shape).kind {
        Kind::Structure { members, .. } => {
            let mut object = Map::new();
            for member in members {
                let Some(child) = node.children.get(&*member.wire_name) else {
                    continue;
                };
                if let Some(value) = convert(model, member.shape, child)? {
                    object.insert(member.name.to_string(), value);
                }
            }
            Ok(Some(Value::Object(object)))
        }
        Kind::List { member, .. } => {
            let mut numbered: Vec<(u32, &Node<'_>)> = node
                .children
                .get("member")
                .into_iter()
                .flat_map(|entries| &entries.children)
                .filter_map(|(number, entry)| Some((number.parse().ok()?, entry)))
                .collect();
            numbered.sort_by_key(|(number, _)| *number);
            let mut entries = Vec::with_capacity(numbered.len());
            for (_, entry) in numbered {
                entries.extend(convert(model, *member, entry)?);
            }
            Ok(Some(Value::Array(entries)))
        }
        _ => node
            .text
            .map(|text| scalar(model, shape, text.to_owned()))
            .transpose(),
    }
}

fn small_first(part: &str) -> String {
    let mut chars = part.chars();
    let first = chars.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::overlay::{Fidelity, Overlay};
    use super::super::validate::validate;
    use super::*;

    fn model(text: &str, service: &str) -> Model {
        let overlay =
            Overlay::read(bedrock_fixtures::overlays::MODEL, service, Fidelity::Guide).unwrap();
        Model::load(text, overlay).unwrap()
    }

    fn iam() -> Model {
        model(bedrock_fixtures::models::IAM, "iam")
    }

    fn bound(model: &Model, operation: &str, form: &str) -> Result<Value, BindError> {
        let form = Form::read("", form.as_bytes())?;
        let input = form.bind(model, model.operation(operation).unwrap())?;
        Ok(Value::Object(input.members))
    }

    #[test]
    fn lists_of_structures_are_numbered_names() {
        let form = "Action=CreateUser&UserName=a%2Bb&Tags.member.2.Key=second&Tags.member.10.Key=tenth&Tags.member.2.Value=&Tags.member.1.Value=one+1&Tags.member.1.Key=f%C3%BCr";
        let expected = json!({
            "UserName": "a+b",
            "Tags": [{"Key": "für", "Value": "one 1"}, {"Key": "second", "Value": ""}, {"Key": "tenth"}],
        });
        assert_eq!(bound(&iam(), "CreateUser", form).unwrap(), expected);
    }

    #[test]
    fn an_empty_list_is_a_name_without_a_value() {
        assert_eq!(
            bound(&iam(), "CreateUser", "Tags=").unwrap(),
            json!({"Tags": []})
        );
        assert_eq!(
            bound(&iam(), "CreateUser", "Tags").unwrap(),
            json!({"Tags": []})
        );
    }

    #[test]
    fn scalars_have_the_type_of_their_shape() {
        let form = "MaxItems=7&AllUsers=true&Unknown=1&UserName.x=1";
        let expected = json!({"MaxItems": 7, "AllUsers": true});
        assert_eq!(
            bound(&iam(), "ListServiceSpecificCredentials", form).unwrap(),
            expected
        );
        for wrong in [
            "MaxItems=seven",
            "MaxItems=",
            "AllUsers=1",
            "MaxItems=99999999999",
        ] {
            let found = bound(&iam(), "ListServiceSpecificCredentials", wrong);
            assert!(
                matches!(found, Err(BindError::WrongType(_))),
                "{wrong}: {found:?}"
            );
        }
    }

    #[test]
    fn broken_escapes_and_bytes_are_refused() {
        assert!(Form::read("", b"UserName=%zz").is_err());
        assert!(Form::read("UserName=%FF", b"").is_err());
        assert!(Form::read("", b"UserName=\xFF").is_err());
    }

    #[test]
    fn a_very_deep_name_is_ignored() {
        let deep = format!("{}=1&UserName=u", "a.".repeat(500_000));
        assert_eq!(
            bound(&iam(), "GetUser", &deep).unwrap(),
            json!({"UserName": "u"})
        );
    }

    #[test]
    fn violations_read_as_the_service_writes_them() {
        let reworded = |model: &Model, operation: &str, form: &str| {
            let operation = model.operation(operation).unwrap();
            let input = Form::read(form, b"")
                .unwrap()
                .bind(model, operation)
                .unwrap();
            let mut findings = validate(model, operation, &input);
            reword(model, &mut findings);
            findings.message().unwrap()
        };
        assert_eq!(
            reworded(
                &iam(),
                "CreateUser",
                "UserName=u&Tags.member.1.Key=!&Tags.member.1.Value=v"
            ),
            "1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"
        );
        assert_eq!(
            reworded(
                &model(bedrock_fixtures::models::STS, "sts"),
                "GetSessionToken",
                "DurationSeconds=899"
            ),
            "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"
        );
    }
}
