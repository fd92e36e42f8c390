//! Request → the operation's input, member by member.
//!
//! Yields plain JSON values named as the model names them, so that validation and behaviour see one
//! form whatever the member's place on the wire. Values that cannot become their shape's type are
//! serialization failures: the service reports the first one and looks no further.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Number, Value};

use super::load::Model;
use super::read::read;
use super::shape::{Kind, Location, Member, Operation, ShapeId};
use crate::json::Json as _;

/// An operation's input.
#[derive(Debug, Default)]
pub struct Input {
    /// Members by their modelled names; a blob payload is not among them.
    pub members: Map<String, Value>,
    /// The body of an operation whose payload member is a blob.
    pub payload: Option<Bytes>,
}

impl Input {
    /// A string member.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.member(name).and_then(Value::as_str)
    }
}

/// The parts of a request that carry input.
#[derive(Debug)]
pub struct Parts<'a> {
    /// Raw label values by wire name.
    pub labels: &'a [(&'a str, &'a str)],
    /// Raw query string, empty if none.
    pub query: &'a str,
    /// Headers.
    pub headers: &'a http::HeaderMap,
    /// The whole body.
    pub body: &'a Bytes,
}

/// Why a request could not become an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BindError {
    /// A label or query parameter is not valid percent-encoded UTF-8.
    BadEncoding {
        /// The member's name.
        member: String,
    },
    /// The body is not JSON. Usual causes: a truncated body, a form body, two documents.
    NotJson {
        /// What the parser said.
        reason: String,
    },
    /// A value has another type than its shape.
    WrongType(Mismatch),
}

/// What was found where something else was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// A scalar token that does not convert: the token's name and the target's, with its article.
    Scalar(&'static str, &'static str),
    /// An object where no structure was expected.
    Structure,
    /// A list where none was expected.
    List,
    /// A scalar where a structure, map or list was expected.
    Token(&'static str),
    /// Text that is not base64.
    Base64,
    /// Text or a number that is no timestamp.
    Timestamp,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(token, target) => write!(f, "{token} can not be converted to {target}"),
            Self::Structure => f.write_str("Start of structure or map found where not expected."),
            Self::List => f.write_str("Start of list found where not expected"),
            Self::Token(token) => write!(f, "Unexpected token {token}"),
            Self::Base64 => f.write_str("STRING_VALUE can not be converted to a Blob"),
            Self::Timestamp => f.write_str("STRING_VALUE can not be converted to a Timestamp"),
        }
    }
}

/// Fills an operation's input from a request.
pub fn bind(model: &Model, operation: &Operation, parts: &Parts<'_>) -> Result<Input, BindError> {
    let mut input = Input::default();
    let Some(shape) = operation.input else {
        return Ok(input);
    };
    let members = model.members(shape);
    for member in members.iter().filter(|m| m.location != Location::Body) {
        if let Some(value) = outside_body(model, member, parts)? {
            input.members.insert(member.name.to_string(), value);
        }
    }
    match &operation.payload {
        Some(payload) => {
            let Some(member) = members.iter().find(|m| m.name == *payload) else {
                return Ok(input);
            };
            match model.shape(member.shape).kind {
                Kind::Blob { .. } => input.payload = Some(parts.body.clone()),
                // Event streams of the client are read by their operation, frame by frame.
                Kind::EventStream { .. } => {}
                _ if parts.body.is_empty() => {}
                _ => {
                    let value = read(model, member.shape, parts.body)?;
                    input.members.insert(member.name.to_string(), value);
                }
            }
        }
        None if parts.body.is_empty() => {}
        None if members.iter().any(|m| m.location == Location::Body) => {
            // What is outside the body comes first, as few things as there are.
            match read(model, shape, parts.body)? {
                Value::Object(body) => input.members.extend(body),
                other => {
                    let found = mismatch(&model.shape(shape).kind, &other);
                    return Err(BindError::WrongType(found));
                }
            }
        }
        None => {}
    }
    Ok(input)
}

fn outside_body(
    model: &Model,
    member: &Member,
    parts: &Parts<'_>,
) -> Result<Option<Value>, BindError> {
    let bad = || BindError::BadEncoding {
        member: member.name.to_string(),
    };
    match member.location {
        Location::Body => Ok(None),
        Location::Uri => {
            let raw = parts
                .labels
                .iter()
                .find(|(name, _)| *name == &*member.wire_name)
                .map(|(_, raw)| *raw);
            raw.map(|raw| {
                decode(raw, false)
                    .ok_or_else(bad)
                    .and_then(|text| scalar(model, member.shape, text))
            })
            .transpose()
        }
        Location::Header => {
            let Some(raw) = parts.headers.get(&*member.wire_name) else {
                return Ok(None);
            };
            let text = String::from_utf8_lossy(raw.as_bytes()).trim().to_owned();
            scalar(model, member.shape, text).map(Some)
        }
        Location::HeaderMap => {
            let prefix = member.wire_name.to_ascii_lowercase();
            let found: Map<String, Value> = parts
                .headers
                .iter()
                .filter_map(|(name, value)| {
                    let rest = name.as_str().strip_prefix(&prefix)?;
                    Some((
                        rest.to_owned(),
                        Value::String(String::from_utf8_lossy(value.as_bytes()).into_owned()),
                    ))
                })
                .collect();
            Ok((!found.is_empty()).then_some(Value::Object(found)))
        }
        Location::Query => {
            let mut found = Vec::new();
            for pair in parts.query.split('&').filter(|p| !p.is_empty()) {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                if decode(name, true).as_deref() == Some(&*member.wire_name) {
                    found.push(decode(value, true).ok_or_else(bad)?);
                }
            }
            if found.is_empty() {
                return Ok(None);
            }
            if let Kind::List { member: entry, .. } = model.shape(member.shape).kind {
                return found
                    .into_iter()
                    .map(|t| scalar(model, entry, t))
                    .collect::<Result<Vec<_>, _>>()
                    .map(|v| Some(Value::Array(v)));
            }
            found
                .pop()
                .map(|text| scalar(model, member.shape, text))
                .transpose()
        }
    }
}

/// Text from a label, header or query parameter as its shape's type.
pub(super) fn scalar(model: &Model, shape: ShapeId, text: String) -> Result<Value, BindError> {
    let wrong = |target| BindError::WrongType(Mismatch::Scalar("STRING_VALUE", target));
    Ok(match &model.shape(shape).kind {
        Kind::Integer { .. } => Value::from(text.parse::<i32>().map_err(|_| wrong("an Integer"))?),
        Kind::Long { .. } => Value::from(text.parse::<i64>().map_err(|_| wrong("a Long"))?),
        Kind::Float { .. } | Kind::Double { .. } => {
            let number = text
                .parse::<f64>()
                .ok()
                .and_then(Number::from_f64)
                .ok_or_else(|| wrong("a Double"))?;
            Value::Number(number)
        }
        Kind::Boolean => match text.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => return Err(wrong("a Boolean")),
        },
        kind @ Kind::Timestamp => {
            scalar_value(kind, Value::String(text)).map_err(BindError::WrongType)?
        }
        _ => Value::String(text),
    })
}

/// A JSON scalar as a kind's type.
pub(super) fn scalar_value(kind: &Kind, value: Value) -> Result<Value, Mismatch> {
    match (kind, value) {
        (Kind::String { .. }, Value::String(text)) => Ok(Value::String(text)),
        (Kind::Blob { .. }, Value::String(text)) => match is_base64(&text) {
            true => Ok(Value::String(text)),
            false => Err(Mismatch::Base64),
        },
        (Kind::Integer { .. }, Value::Number(n)) => {
            whole(&n, f64::from(i32::MIN), f64::from(i32::MAX))
                .ok_or(Mismatch::Scalar("NUMBER_VALUE", "an Integer"))
        }
        (Kind::Long { .. }, Value::Number(n)) => whole(&n, i64::MIN as f64, i64::MAX as f64)
            .ok_or(Mismatch::Scalar("NUMBER_VALUE", "a Long")),
        (Kind::Float { .. } | Kind::Double { .. }, Value::Number(n)) => Ok(Value::Number(n)),
        (Kind::Boolean, Value::Bool(b)) => Ok(Value::Bool(b)),
        (Kind::Timestamp, value @ Value::Number(_)) => Ok(value),
        (Kind::Timestamp, Value::String(text)) if is_timestamp(&text) => Ok(Value::String(text)),
        (Kind::Timestamp, Value::String(_)) => Err(Mismatch::Timestamp),
        (kind, value) => Err(mismatch(kind, &value)),
    }
}

pub(super) fn mismatch(kind: &Kind, found: &Value) -> Mismatch {
    let token = match found {
        Value::Null => "VALUE_NULL",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Array(_) => return Mismatch::List,
        Value::Object(_) => return Mismatch::Structure,
    };
    match kind {
        Kind::String { .. } => Mismatch::Scalar(token, "a String"),
        Kind::Blob { .. } => Mismatch::Scalar(token, "a Blob"),
        Kind::Integer { .. } => Mismatch::Scalar(token, "an Integer"),
        Kind::Long { .. } => Mismatch::Scalar(token, "a Long"),
        Kind::Float { .. } => Mismatch::Scalar(token, "a Float"),
        Kind::Double { .. } => Mismatch::Scalar(token, "a Double"),
        Kind::Boolean => Mismatch::Scalar(token, "a Boolean"),
        Kind::Timestamp => Mismatch::Scalar(token, "a Timestamp"),
        _ => Mismatch::Token(token),
    }
}

/// Whether text is standard base64, found piece by piece: the bytes themselves are not needed, and
/// there may be megabytes of them.
fn is_base64(text: &str) -> bool {
    const PIECE: usize = 1024;
    let mut decoded = [0; PIECE];
    let mut pieces = text.as_bytes().chunks(PIECE).peekable();
    while let Some(piece) = pieces.next() {
        // Padding may stand at the end of the text alone, not at the end of a piece.
        let padded = pieces.peek().is_some() && piece.ends_with(b"=");
        if padded || STANDARD.decode_slice(piece, &mut decoded).is_err() {
            return false;
        }
    }
    true
}

/// A number without a fraction, within bounds, in integer form (`2.0` becomes `2`).
fn whole(n: &Number, min: f64, max: f64) -> Option<Value> {
    let float = n.as_f64()?;
    if float < min || float > max || float.fract() != 0.0 {
        return None;
    }
    Some(
        n.as_i64()
            .map_or_else(|| Value::from(float as i64), Value::from),
    )
}

/// ISO 8601 with a zone, or the RFC 7231 form.
fn is_timestamp(text: &str) -> bool {
    time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).is_ok()
        || httpdate::parse_http_date(text).is_ok()
        || text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Percent-decodes once. `None` for a bad escape or bytes that are not UTF-8.
pub(super) fn decode(raw: &str, plus_is_space: bool) -> Option<String> {
    if !raw.contains(['%', '+']) {
        return Some(raw.to_owned());
    }
    let bytes = raw.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'%' => {
                let hex = raw
                    .get(at + 1..at + 3)
                    .filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()))?;
                out.push(u8::from_str_radix(hex, 16).ok()?);
                at += 3;
            }
            b'+' if plus_is_space => {
                out.push(b' ');
                at += 1;
            }
            byte => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}
