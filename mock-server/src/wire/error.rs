//! Refusals in the service's words.
//!
//! Use [`ApiError`] for everything a client gets to read. It can only be built from a row of the
//! error table (`fixtures/errors/`), which holds status, type, casing, text, basis and source; code
//! fills in the placeholders and adds a hint for the access log. Rendering is here alone.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::answer::{Answer, Content};
use crate::faults::Delivery;

/// A refusal on its way to a client.
#[derive(Debug, Clone)]
pub struct ApiError {
    row: &'static Row,
    values: Vec<(String, String)>,
    members: Vec<(&'static str, Value)>,
    hint: Option<String>,
    /// Rare, and errors are passed around much.
    given: Option<Box<Given>>,
}

/// What a fault rule puts in place of the row's own.
#[derive(Debug, Clone, Default)]
struct Given {
    headers: Vec<(Cow<'static, str>, String)>,
    words: Option<String>,
}

/// One row of the error table.
#[derive(Debug)]
pub struct Row {
    /// Stable name of the row.
    pub id: String,
    /// Its place among all rows, as the files list them.
    pub place: usize,
    /// HTTP status.
    pub status: u16,
    /// Exception type, empty for answers of another form.
    pub kind: String,
    /// How sure the project is of the row: observed, documented, modelled or assumed.
    pub basis: String,
    /// The message, with placeholders in braces.
    pub text: String,
    suffix: String,
    member: String,
    body: Option<String>,
    json: bool,
    /// Types and rows of the REST services, and shapes, that it stands for at the query services.
    pub replaces: Vec<String>,
}

impl ApiError {
    /// An error from a row of the table. A row that does not exist is a defect of the mock and
    /// becomes the row for those; a test walks all ids that code uses.
    pub fn row(id: &str) -> Self {
        debug_assert!(table().contains_key(id), "no row {id} in fixtures/errors");
        let row = table()
            .get(id)
            .or_else(|| table().get("front-door.internal"))
            .copied()
            .unwrap_or(fallback());
        Self {
            row,
            values: Vec::new(),
            members: Vec::new(),
            hint: None,
            given: None,
        }
    }

    /// Fills one placeholder.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.values.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a member that the exception's shape has beside its message, such as `resourceName`.
    pub fn member(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.push((name, value.into()));
        self
    }

    /// Adds a header behind `x-amzn-ErrorType`, such as `Retry-After`.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let given = self.given.get_or_insert_default();
        given.headers.push((name.into(), value.into()));
        self
    }

    /// Says other words than the row: those that a user gave to a fault.
    pub fn words(mut self, words: impl Into<String>) -> Self {
        self.given.get_or_insert_default().words = Some(words.into());
        self
    }

    /// Adds what the access log says: what was wrong and how to fix it. Never a secret.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The row it was built from.
    pub fn source_row(&self) -> &'static Row {
        self.row
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.row.status
    }

    /// Exception type, for example `ValidationException`.
    pub fn kind(&self) -> &str {
        &self.row.kind
    }

    /// The message that the client reads.
    pub fn message(&self) -> String {
        match self.given.as_ref().and_then(|given| given.words.as_ref()) {
            Some(words) => words.clone(),
            None => fill(&self.row.text, &self.values),
        }
    }

    /// Headers beside `x-amzn-ErrorType`.
    pub fn extra_headers(&self) -> &[(Cow<'static, str>, String)] {
        self.given.as_ref().map_or(&[], |given| &given.headers)
    }

    /// The hint for the access log.
    pub fn log_hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The value of `x-amzn-ErrorType`, `None` for answers of another form.
    pub fn error_type(&self) -> Option<String> {
        let row = self.row;
        if row.body.is_some() {
            return None;
        }
        Some(match row.suffix.as_str() {
            "none" | "" => row.kind.clone(),
            suffix => format!(
                "{}:http://internal.amazon.com/coral/com.amazon.{suffix}/",
                row.kind
            ),
        })
    }

    /// The same refusal in the words of the query services, where the table has a row for it.
    pub fn for_query_service(self) -> Self {
        let replaced_by = |name: &str| {
            let replaces = |row: &&&'static Row| row.replaces.iter().any(|r| r == name);
            table().values().find(replaces).copied()
        };
        let row = replaced_by(&self.row.id).or_else(|| replaced_by(&self.row.kind));
        let Some(row) = row else { return self };
        Self {
            row,
            values: vec![("message".into(), self.message())],
            ..self
        }
    }

    /// The answer as the REST services write it.
    pub fn into_answer(self) -> Answer {
        let headers = self
            .error_type()
            .map(|t| ("x-amzn-ErrorType".into(), t))
            .into_iter()
            .chain(self.extra_headers().iter().cloned())
            .collect();
        let (body, content_type) = match &self.row.body {
            Some(body) => (
                body.clone(),
                self.row.json.then(|| "application/json".into()),
            ),
            None => {
                let text = self.message();
                let mut members = self.members;
                members.push((&self.row.member, Value::String(text)));
                // Sorted, as every object that the service writes.
                members.sort_unstable_by_key(|(name, _)| *name);
                let members = members
                    .into_iter()
                    .map(|(name, value)| (name.into(), value));
                let body = Value::Object(members.collect()).to_string();
                (body, Some("application/json".into()))
            }
        };
        let hint = self.hint.or_else(|| Some(self.row.id.clone()));
        Answer {
            status: self.row.status,
            content_type,
            headers,
            content: Content::Bytes(body.into()),
            hint,
            delivery: Delivery::default(),
        }
    }
}

/// Fills a template in one pass, so that a value which looks like a placeholder stays what it is.
fn fill(template: &str, values: &[(String, String)]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let named = rest.find('}').and_then(|close| {
            let (_, value) = values.iter().find(|(name, _)| *name == rest[1..close])?;
            Some((close, value))
        });
        match named {
            Some((close, value)) => {
                out.push_str(value);
                rest = &rest[close + 1..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// All rows by id.
pub fn table() -> &'static HashMap<String, &'static Row> {
    static TABLE: OnceLock<HashMap<String, &'static Row>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let rows = bedrock_fixtures::errors::TABLES
            .iter()
            .flat_map(|(_, text)| read(text));
        rows.enumerate()
            .map(|(place, row)| Row { place, ..row })
            .map(|row| (row.id.clone(), &*Box::leak(Box::new(row))))
            .collect()
    })
}

fn read(text: &str) -> Vec<Row> {
    let root: Value = serde_json::from_str(text).unwrap_or_default();
    let rows = root
        .get("rows")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    rows.iter()
        .map(|row| {
            let text = |key: &str| {
                row.get(key)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            Row {
                id: text("id"),
                place: 0,
                status: row.get("status").and_then(Value::as_u64).unwrap_or(500) as u16,
                kind: text("type"),
                basis: text("basis"),
                suffix: text("suffix"),
                member: text("member"),
                text: text("text"),
                body: row.get("body").and_then(Value::as_str).map(Into::into),
                json: row.get("contentType").is_some(),
                replaces: row
                    .get("replaces")
                    .and_then(Value::as_array)
                    .map(|all| {
                        all.iter()
                            .filter_map(Value::as_str)
                            .map(Into::into)
                            .collect()
                    })
                    .unwrap_or_default(),
            }
        })
        .collect()
}

/// Stands in when the embedded table itself is damaged.
fn fallback() -> &'static Row {
    static ROW: OnceLock<Row> = OnceLock::new();
    ROW.get_or_init(|| Row {
        id: "front-door.internal".into(),
        place: 0,
        status: 500,
        kind: "InternalServerException".into(),
        basis: "assumed".into(),
        suffix: "bedrock".into(),
        member: "message".into(),
        text: "The error table is damaged.".into(),
        body: None,
        json: true,
        replaces: Vec::new(),
    })
}
