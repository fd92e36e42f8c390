//! A request that has no answer yet.
//!
//! A [`Draft`] is there as soon as a request's head is; it becomes an entry when the answer's head is
//! known, or when the client leaves before that.

use std::sync::{Arc, OnceLock};
use std::time::{Instant, SystemTime};

use http::{HeaderMap, Version};

use super::body::Body;
use super::entry::{Caller, Ended, Entry, Refusal, Request, Response};
use super::observations::Noted;
use super::recorder::Recorder;
use super::redact;
use super::retries::CallKey;
use super::store::Journal;
use crate::account::DEFAULT_ACCOUNT;
use crate::auth::Principal;

/// Characters of a target that are kept; the server refuses longer ones anyway.
const TARGET_KEPT: usize = 8 * 1024;

/// A request's head as it came.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Path and query, undecoded.
    pub target: &'a str,
    /// Protocol version.
    pub version: Version,
    /// Headers.
    pub headers: &'a HeaderMap,
}

/// What the pipeline made of a request.
#[derive(Debug, Default)]
pub struct Answered {
    /// The operation that the path named.
    pub operation: Option<String>,
    /// Who asked.
    pub principal: Option<Principal>,
    /// What was noted on the way.
    pub noted: Noted,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
    /// The request's body.
    pub body: Body,
}

/// A request that has no answer yet. Dropped without one, it is journaled as left by its client.
#[derive(Debug)]
pub struct Draft {
    journal: Arc<Journal>,
    since: Instant,
    id: String,
    /// None where the journal is off.
    request: Option<Request>,
    time: SystemTime,
    secrets: Vec<String>,
    answered: bool,
}

impl Journal {
    /// Opens the draft of a request that just arrived.
    pub fn draft(self: &Arc<Self>, head: Head<'_>, id: &str, since: Instant) -> Draft {
        let mut secrets = Vec::new();
        let request = self.is_on().then(|| {
            let target = redact::target(head.target, &mut secrets);
            Request {
                method: cut(head.method, 64),
                target: cut(&target, TARGET_KEPT),
                version: version(head.version),
                headers: redact::headers(head.headers, &mut secrets),
                body: Body::default(),
            }
        });
        Draft {
            journal: Arc::clone(self),
            since,
            id: id.to_owned(),
            request,
            time: SystemTime::now(),
            secrets,
            answered: false,
        }
    }

    /// A request's body, copied as far as it is kept.
    pub fn copy(&self, body: &[u8]) -> Body {
        if !self.is_on() {
            return Body::default();
        }
        let limit = self.limits().body();
        // Only forms can hold what signs them.
        let form = (!matches!(body.first(), None | Some(b'{')))
            .then(|| redact::form(&body[..body.len().min(limit)]))
            .flatten();
        match form {
            Some(text) if body.len() <= limit => Body::copy(text.as_bytes(), text.len()),
            Some(text) => Body::start_of(text.into_bytes(), body.len() as u64),
            None => Body::copy(body, limit),
        }
    }
}

impl Draft {
    /// The answer's head is about to leave.
    pub fn answered(mut self, answered: Answered, status: u16, headers: &HeaderMap) -> Recorder {
        self.answered = true;
        let response = Response {
            status,
            // Raw answers of scenarios hold what the recorded ones held.
            headers: redact::headers(headers, &mut Vec::new()),
        };
        self.enter(answered, Some(response))
    }

    /// No answer begins: the client left, or a fault broke the connection.
    pub fn unanswered(mut self, answered: Answered, how: Ended) {
        self.answered = true;
        self.enter(answered, None).ended(how);
    }

    fn enter(&mut self, answered: Answered, response: Option<Response>) -> Recorder {
        let status = response.as_ref().map_or(0, |r| r.status);
        let journal = Arc::clone(&self.journal);
        journal
            .counters()
            .request(answered.operation.as_deref(), status);
        let is_xml = response.as_ref().is_some_and(is_xml);
        let mut secrets = std::mem::take(&mut self.secrets);
        if status < 400 {
            secrets.clear();
        }
        let entry = self
            .request
            .take()
            .map(|request| self.entry(request, answered, response, &secrets));
        let entry = entry.map(|entry| journal.put(entry));
        Recorder::new(journal, self.since, entry, secrets, is_xml)
    }

    fn entry(
        &self,
        mut request: Request,
        answered: Answered,
        response: Option<Response>,
        secrets: &[String],
    ) -> Entry {
        request.body = answered.body;
        let principal = answered.principal.as_ref().map(Caller::from);
        let account = principal
            .as_ref()
            .map_or(DEFAULT_ACCOUNT, |p| p.account.as_str())
            .to_owned();
        let refusal = answered.refusal.map(|mut refusal| {
            refusal.violations = answered.noted.violations;
            let unquoted = |text: &String| redact::quoted(text, secrets);
            if let Some(text) = unquoted(&refusal.message) {
                refusal.message = text;
            }
            if let Some(text) = refusal.hint.as_ref().and_then(unquoted) {
                refusal.hint = Some(text);
            }
            refusal
        });
        Entry {
            number: 0,
            id: self.id.clone(),
            time: self.time,
            account,
            request,
            principal,
            operation: answered.operation,
            model: answered.noted.model,
            scenario: answered.noted.scenario,
            faults: answered.noted.faults,
            refusal,
            response,
            attempt: 1,
            retry_of: None,
            call: CallKey::default(),
            retried_by: OnceLock::new(),
            ending: OnceLock::new(),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.answered {
            // The recorder closes the entry as left by its client.
            drop(self.enter(Answered::default(), None));
        }
    }
}

fn is_xml(response: &Response) -> bool {
    let mut headers = response.headers.iter();
    headers.any(|(name, value)| name == "content-type" && value.starts_with("text/xml"))
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        Version::HTTP_3 => "HTTP/3.0",
        _ => "HTTP/1.1",
    }
}

/// A text's start, with a mark where it was cut.
fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
