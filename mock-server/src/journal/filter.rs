//! Which entries somebody asks for, and in what an entry differs from that.

use std::collections::BTreeMap;

use http::{HeaderName, Method};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::diff::{Difference, MOST_DIFFERENCES, difference, short, subset};
use super::entry::{Ended, Entry};
use super::redact::is_credential;
use crate::account::is_account;
use crate::diagnostics::suggest::nearest;
use crate::model::Model;

/// What an entry must be like; what is absent does not matter.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Filter {
    /// 12-digit account.
    pub account: Option<String>,
    /// Operation, for example `ConverseStream`.
    pub operation: Option<String>,
    /// The model's base id, or the id or ARN of the request; `*` stands for any text.
    pub model: Option<String>,
    /// Status of the answer.
    pub status: Option<u16>,
    /// Only entries behind this one: its number or its request id.
    #[serde(deserialize_with = "since")]
    pub since: Option<String>,
    /// Name of the scenario that answered.
    pub scenario: Option<String>,
    /// Text in the target, the request's body or the answer's body.
    pub contains: Option<String>,
    /// How it ended.
    pub ended: Option<EndedFilter>,
    /// HTTP method.
    pub method: Option<String>,
    /// Headers that the request must have, with their whole value (`*` stands for any text).
    pub headers: BTreeMap<String, String>,
    /// What the request's JSON body must hold: of objects the members that are named here, of arrays
    /// all entries in order.
    pub body: Option<Value>,
}

/// How an exchange ended, or that it has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndedFilter {
    /// The answer is still leaving.
    Open,
    /// See [`Ended::Complete`].
    Complete,
    /// See [`Ended::ClientHungUp`].
    ClientHungUp,
    /// See [`Ended::AbortedByFault`].
    AbortedByFault,
    /// See [`Ended::ServerStopped`].
    ServerStopped,
}

impl Filter {
    /// Refuses what no entry can ever be like: an operation that no service has, a header whose value
    /// is never kept, a `since` that is neither a number nor a request id. Of ids that have left the
    /// journal everything is newer.
    pub fn check(&self, models: &[Model]) -> Result<(), String> {
        if let Some(name) = &self.operation
            && !models.iter().any(|model| model.operation(name).is_some())
        {
            let all = models.iter().flat_map(|model| &model.operations);
            let all: Vec<&str> = all.map(|o| &*o.name).collect();
            let alike = nearest(name, &all).map_or_else(
                || "GET /_mock/coverage lists them".to_owned(),
                |near| format!("did you mean {near}?"),
            );
            return Err(format!("operation {name:?} is unknown; {alike}"));
        }
        if let Some(account) = self.account.as_deref().filter(|a| !is_account(a)) {
            return Err(format!("account {account:?}: expected 12 digits"));
        }
        if let Some(status) = self.status.filter(|s| !(100..600).contains(s)) {
            return Err(format!("status {status}: expected 100 to 599"));
        }
        if let Some(method) = &self.method
            && Method::from_bytes(method.as_bytes()).is_err()
        {
            return Err(format!("method {method:?}: expected one such as POST"));
        }
        for name in self.headers.keys() {
            if HeaderName::try_from(name.as_str()).is_err() {
                return Err(format!("headers: {name:?} is no name of an HTTP header"));
            }
            if is_credential(&name.to_ascii_lowercase()) {
                return Err(format!(
                    "headers: {name} holds credentials, which the journal does not keep, so no value matches; match account instead"
                ));
            }
        }
        match &self.since {
            Some(since) if since.parse::<u64>().is_err() && !is_request_id(since) => Err(format!(
                "since {since:?}: expected the number of an entry or an x-amzn-RequestId"
            )),
            _ => Ok(()),
        }
    }

    /// Whether an entry is as asked for. `since` is the journal's part, not looked at here.
    pub fn lets(&self, entry: &Entry) -> bool {
        // The cheap members first; most entries fail there.
        let simple = self.simple(entry);
        simple.is_empty() && self.parts(entry).is_empty()
    }

    /// In what an entry differs, at most 20 things.
    pub fn differences(&self, entry: &Entry) -> Vec<Difference> {
        let mut all = self.simple(entry);
        all.extend(self.parts(entry));
        all.truncate(MOST_DIFFERENCES);
        all
    }

    fn simple(&self, entry: &Entry) -> Vec<Difference> {
        let mut out = Vec::new();
        let mut differs = |what: &str, expected: Option<&str>, found: Option<&str>| {
            if let Some(expected) = expected
                && found != Some(expected)
            {
                out.push(difference(what, expected, found.unwrap_or("none")));
            }
        };
        differs("account", self.account.as_deref(), Some(&entry.account));
        differs(
            "operation",
            self.operation.as_deref(),
            entry.operation.as_deref(),
        );
        differs(
            "method",
            self.method
                .as_ref()
                .map(|m| m.to_ascii_uppercase())
                .as_deref(),
            Some(&entry.request.method),
        );
        differs(
            "scenario",
            self.scenario.as_deref(),
            entry.scenario.as_ref().map(|s| s.name.as_str()),
        );
        let status = |status: u16| status.to_string();
        differs(
            "status",
            self.status.map(status).as_deref(),
            entry.status().map(status).as_deref(),
        );
        let ended = entry.ending().map(|e| e.how);
        if let Some(wanted) = self.ended
            && wanted != EndedFilter::from(ended)
        {
            out.push(difference(
                "ended",
                wanted.name(),
                EndedFilter::from(ended).name(),
            ));
        }
        if let Some(glob) = &self.model
            && !names_model(glob, entry)
        {
            let model = entry.model.as_ref();
            let found = model.map(|m| m.id.as_deref().unwrap_or(&m.asked));
            out.push(difference("model", glob, found.unwrap_or("none")));
        }
        out
    }

    fn parts(&self, entry: &Entry) -> Vec<Difference> {
        let mut out = Vec::new();
        for (name, expected) in &self.headers {
            let name = name.to_ascii_lowercase();
            let mut values = entry.request.headers.iter().filter(|(n, _)| *n == name);
            let found = || values.clone().next().map_or("none", |(_, v)| v.as_str());
            let found = found().to_owned();
            if !values.any(|(_, v)| crate::glob::covers(expected, v)) {
                out.push(difference(&format!("headers/{name}"), expected, &found));
            }
        }
        if let Some(expected) = &self.body {
            match entry.request.body.json() {
                Some(found) => subset("body", expected, Some(&found), &mut out),
                None if entry.request.body.truncated() => {
                    out.push(difference(
                        "body",
                        &short(expected),
                        "a body that is not kept whole",
                    ));
                }
                None => out.push(difference("body", &short(expected), "no JSON")),
            }
        }
        if let Some(text) = &self.contains
            && !contains(entry, text)
        {
            out.push(difference("contains", text, "no such text"));
        }
        out
    }

    /// The filter in a few words, for messages.
    pub fn summary(&self) -> String {
        let mut parts = Vec::new();
        let mut say = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                parts.push(format!("{name} {value}"));
            }
        };
        say("operation", self.operation.as_deref());
        say("model", self.model.as_deref());
        say("account", self.account.as_deref());
        say("method", self.method.as_deref());
        say("status", self.status.map(|s| s.to_string()).as_deref());
        say("scenario", self.scenario.as_deref());
        say("ended", self.ended.map(EndedFilter::name));
        say("since", self.since.as_deref());
        say("containing", self.contains.as_deref());
        for (name, value) in &self.headers {
            say("header", Some(&format!("{name}: {value}")));
        }
        say("body with", self.body.as_ref().map(short).as_deref());
        match parts.is_empty() {
            true => "any request".into(),
            false => parts.join(", "),
        }
    }
}

/// A `since`: the number of an entry, as entries have it, or a text.
pub(super) fn since<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) if number.is_u64() => Ok(Some(number.to_string())),
        other => Err(D::Error::custom(format!(
            "since {other}: expected the number of an entry or an x-amzn-RequestId"
        ))),
    }
}

impl EndedFilter {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::ClientHungUp => "client-hung-up",
            Self::AbortedByFault => "aborted-by-fault",
            Self::ServerStopped => "server-stopped",
        }
    }
}

impl From<Option<Ended>> for EndedFilter {
    fn from(ended: Option<Ended>) -> Self {
        match ended {
            None => Self::Open,
            Some(Ended::Complete) => Self::Complete,
            Some(Ended::ClientHungUp) => Self::ClientHungUp,
            Some(Ended::AbortedByFault) => Self::AbortedByFault,
            Some(Ended::ServerStopped) => Self::ServerStopped,
        }
    }
}

impl std::fmt::Display for EndedFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a text has the form of a request id, 36 characters in five groups.
fn is_request_id(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    text.chars().all(|c| c.is_ascii_hexdigit() || c == '-') && lengths.eq([8, 4, 4, 4, 12])
}

fn names_model(glob: &str, entry: &Entry) -> bool {
    entry.model.as_ref().is_some_and(|model| {
        model
            .id
            .as_deref()
            .is_some_and(|id| crate::glob::covers(glob, id))
            || crate::glob::covers(glob, &model.asked)
    })
}

fn contains(entry: &Entry, text: &str) -> bool {
    let answer = entry.ending().map(|e| &e.body);
    let mut bodies = [Some(&entry.request.body), answer].into_iter().flatten();
    entry.request.target.contains(text)
        || bodies.any(|body| {
            body.text().is_some_and(|t| t.contains(text))
                // A client may have written the same text with escapes.
                || body.json().is_some_and(|json| any_text(&json, text))
        })
}

fn any_text(value: &Value, text: &str) -> bool {
    match value {
        Value::String(s) => s.contains(text),
        Value::Array(all) => all.iter().any(|v| any_text(v, text)),
        Value::Object(all) => all.values().any(|v| any_text(v, text)),
        _ => false,
    }
}
