//! Refusals in the service's words.
//!
//! Use [`ApiError`] for everything a client gets to read. It can only be built from a row of the
//! error table (`fixtures/errors/`), which holds status, type, casing, text, basis and source; code
//! fills in the placeholders and adds a hint for the access log. Rendering is here alone.

use std::borrow::Cow;

use serde_json::Value;

use super::answer::{Answer, Content};
use super::rows::{self, RowId};

/// A refusal on its way to a client.
#[derive(Debug, Clone)]
pub struct ApiError {
    row: RowId,
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

impl ApiError {
    /// Returns an error from a row of the table.
    pub fn row(row: RowId) -> Self {
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
    pub fn source_row(&self) -> RowId {
        self.row
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.row.status
    }

    /// Exception type, for example `ValidationException`.
    pub fn kind(&self) -> &str {
        self.row.kind
    }

    /// The message that the client reads.
    pub fn message(&self) -> String {
        match self.given.as_ref().and_then(|given| given.words.as_ref()) {
            Some(words) => words.clone(),
            None => fill(self.row.text, &self.values),
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
        Some(match row.suffix {
            "none" | "" => row.kind.to_owned(),
            suffix => format!(
                "{}:http://internal.amazon.com/coral/com.amazon.{suffix}/",
                row.kind
            ),
        })
    }

    /// The same refusal in the words of the query services, where the table has a row for it.
    pub fn for_query_service(self) -> Self {
        let replaced_by = |name: &str| rows::all().find(|row| row.replaces.contains(&name));
        let row = replaced_by(self.row.id).or_else(|| replaced_by(self.row.kind));
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
        let (body, content_type) = match self.row.body {
            Some(body) => (
                body.to_owned(),
                self.row.json.then(|| "application/json".into()),
            ),
            None => {
                let text = self.message();
                let mut members = self.members;
                members.push((self.row.member, Value::String(text)));
                // Sorted, as every object that the service writes.
                members.sort_unstable_by_key(|(name, _)| *name);
                let members = members
                    .into_iter()
                    .map(|(name, value)| (name.into(), value));
                let body = Value::Object(members.collect()).to_string();
                (body, Some("application/json".into()))
            }
        };
        let hint = self.hint.or_else(|| Some(self.row.id.to_owned()));
        Answer {
            status: self.row.status,
            content_type,
            headers,
            content: Content::Bytes(body.into()),
            hint,
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
