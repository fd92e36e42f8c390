//! What is kept of a request and its answer.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::body::Body;
use super::retries::CallKey;
use crate::auth::{Kind, Principal};
use crate::wire::ApiError;

/// One request and what became of it. Holds no secrets: see `redact`.
#[derive(Debug)]
pub struct Entry {
    /// Its place among all entries of this mock, from 1; never given twice.
    pub number: u64,
    /// `x-amzn-RequestId` of the answer.
    pub id: String,
    /// When it arrived, by the wall clock.
    pub time: SystemTime,
    /// Whose entry it is: the caller's account, the default one where the caller is not known.
    pub account: String,
    /// What came in.
    pub request: Request,
    /// Who asked, if that was found out.
    pub principal: Option<Caller>,
    /// The operation that the path named.
    pub operation: Option<String>,
    /// The model that was asked for.
    pub model: Option<ModelSeen>,
    /// The scenario that answered.
    pub scenario: Option<ScenarioSeen>,
    /// Kinds of the faults that struck, in order.
    pub faults: Vec<String>,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
    /// The answer's head; none if the client left before there was one.
    pub response: Option<Response>,
    /// Which attempt of one call this is, from 1.
    pub attempt: u32,
    /// The attempt before.
    pub retry_of: Option<Link>,
    pub(super) call: CallKey,
    pub(super) retried_by: OnceLock<String>,
    pub(super) ending: OnceLock<Ending>,
}

/// A request as it came, secrets redacted.
#[derive(Debug, Clone)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// Path and query, undecoded.
    pub target: String,
    /// `HTTP/1.1`, `HTTP/2.0`, …
    pub version: &'static str,
    /// Names in lower case and values, in the order in which the HTTP library keeps them: as they
    /// came, repeated names together.
    pub headers: Vec<(String, String)>,
    /// The body, as far as it is kept.
    pub body: Body,
}

/// Who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// `access-key`, `long-term-key`, `short-term-key` or `anonymous`.
    pub kind: &'static str,
    /// 12-digit account.
    pub account: String,
    /// ARN as the service prints it.
    pub arn: String,
    /// User, or name of the session.
    pub user: String,
    /// Id of the access key that signed.
    pub access_key: Option<String>,
}

/// The model that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelSeen {
    /// Id or ARN as the request says it, decoded.
    pub asked: String,
    /// Base id of the model that answers, if it was found.
    pub id: Option<String>,
    /// Its family in the catalogue.
    pub family: Option<String>,
    /// It was reached through an application inference profile.
    pub application_profile: bool,
}

/// The scenario that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioSeen {
    /// Its name.
    pub name: String,
    /// Index of the reply in its sequence, from 0.
    pub step: usize,
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Row of `fixtures/errors/`.
    pub row: String,
    /// Exception type; empty for answers of another form.
    pub kind: String,
    /// What the client reads.
    pub message: String,
    /// Broken constraints of the service model, one text each.
    pub violations: Vec<String>,
    /// What was wrong and how to fix it.
    pub hint: Option<String>,
}

/// The head of an answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Names and values in the order in which they leave.
    pub headers: Vec<(String, String)>,
}

/// The attempt before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Request id of that attempt.
    pub id: String,
    /// How the two were linked: `invocation-id` (`amz-sdk-invocation-id` is the same) or
    /// `same-body` (the same request again soon after one that failed).
    pub by: &'static str,
}

/// What is known when the last byte left or the client hung up.
#[derive(Debug, Clone)]
pub struct Ending {
    /// How it ended.
    pub how: Ended,
    /// Bytes of the body that left.
    pub bytes_sent: u64,
    /// From the arrival of the request's head to the end.
    pub duration: Duration,
    /// The body that left, as far as it is kept.
    pub body: Body,
    /// Events of a stream, as far as they are kept.
    pub events: Vec<EventSeen>,
    /// Events that were sent but are not kept.
    pub events_untold: u64,
}

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// The whole answer left.
    Complete,
    /// The client hung up, or never took the answer.
    ClientHungUp,
    /// A fault cut it off.
    AbortedByFault,
    /// The server's time to finish was over.
    ServerStopped,
}

/// An event that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSeen {
    /// Its name.
    pub name: Cow<'static, str>,
    /// Length of its frame, bytes.
    pub bytes: usize,
    /// Since the arrival of the request's head.
    pub at: Duration,
}

impl Entry {
    /// How it ended and what left; `None` while it is open.
    pub fn ending(&self) -> Option<&Ending> {
        self.ending.get()
    }

    /// Request id of the next attempt of the same call.
    pub fn retried_by(&self) -> Option<&str> {
        self.retried_by.get().map(String::as_str)
    }

    /// Status of the answer; `None` if the client left before there was one.
    pub fn status(&self) -> Option<u16> {
        self.response.as_ref().map(|r| r.status)
    }

    /// Bytes that it takes, without what its ending adds.
    pub(super) fn weight(&self) -> u64 {
        let texts = |pairs: &[(String, String)]| -> usize {
            pairs.iter().map(|(n, v)| n.len() + v.len() + 48).sum()
        };
        let request = texts(&self.request.headers)
            + self.request.target.len()
            + self.request.body.kept().len();
        let response = self.response.as_ref().map_or(0, |r| texts(&r.headers));
        let refusal = self.refusal.as_ref().map_or(0, |r| {
            let violations: usize = r.violations.iter().map(|v| v.len() + 24).sum();
            r.message.len() + r.hint.as_ref().map_or(0, String::len) + violations
        });
        (size_of::<Self>() + request + response + refusal) as u64
    }
}

impl Ending {
    pub(super) fn weight(&self) -> u64 {
        (self.body.kept().len() + self.events.len() * size_of::<EventSeen>()) as u64
    }
}

impl From<&Principal> for Caller {
    fn from(principal: &Principal) -> Self {
        let (kind, access_key) = match &principal.kind {
            Kind::AccessKey { id } => ("access-key", Some(id.clone())),
            Kind::LongTermKey => ("long-term-key", None),
            Kind::ShortTermKey => ("short-term-key", None),
            Kind::Anonymous => ("anonymous", None),
        };
        Self {
            kind,
            account: principal.account.clone(),
            arn: principal.arn(),
            user: principal.user.clone(),
            access_key,
        }
    }
}

impl From<&ApiError> for Refusal {
    fn from(error: &ApiError) -> Self {
        Self {
            row: error.source_row().id.to_owned(),
            kind: error.kind().to_owned(),
            message: error.message(),
            violations: Vec::new(),
            hint: error.log_hint().map(Into::into),
        }
    }
}
