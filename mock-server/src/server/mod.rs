//! The HTTP server: one port for TLS and plain, HTTP/1.1 and HTTP/2.
//!
//! [`handle`] lists every layer a request passes, in order.

pub mod accept;
pub mod body;
pub mod connection;
pub mod ending;
pub mod frames;
pub mod head;
pub mod read;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::body::Body;
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};
use tower::ServiceExt as _;

use crate::app::App;
use crate::config::Switch;
use crate::control;
use crate::edge::log::Entry;
use crate::edge::{self, Outcome};
use crate::faults::{Delivery, Hold};
use crate::journal::{self, Answered, Draft, Head, Recorder};
use crate::model::Kind;
use crate::request::Incoming;
use crate::wire::answer::Content;
use crate::wire::{Answer, ApiError};

use crate::wire::rows::{self, RowId};
use body::AnswerBody;
use connection::Connection;
use ending::{CutOff, cut_off};
use head::{Framing, Spellings};
use read::{Refused, read};

/// Bodies above this, bytes, are answered on a thread of their own: reading, embedding or ranking
/// megabytes takes long enough to hold up everybody else's requests.
const LARGE: usize = 128 * 1024;

/// What the layers share.
pub struct Server {
    /// State.
    pub app: Arc<App>,
    /// `/_mock/…`
    pub control: axum::Router,
    /// Header spellings for HTTP/1.1.
    pub spellings: Spellings,
    /// The server is stopping, so answers close their connections.
    pub stopping: AtomicBool,
}

/// Answers one request.
pub async fn handle(
    server: Arc<Server>,
    connection: Arc<Connection>,
    request: Request<hyper::body::Incoming>,
) -> Result<Response<Body>, CutOff> {
    // 1. The control API has its own router and none of what follows.
    if control::takes(request.uri().path()) {
        let control = server.control.clone();
        return Ok(control
            .oneshot(request.map(Body::new))
            .await
            .unwrap_or_else(|never| match never {}));
    }
    if server.app.config.control == Switch::On && control::console::is_browser_at_root(&request) {
        return Ok(control::console::welcome().map(Body::new));
    }
    let since = Instant::now();
    let version = request.version();
    let is_head = request.method() == Method::HEAD;
    let wants_close = asks_to_close(&request);
    let what = format!("{} {}", request.method(), request.uri().path());

    // 2. The request is read whole, within its limits of size and time.
    let id = crate::request::request_id();
    let draft = draft(&server, &request, &id, since);
    let (outcome, body, broken) = if takes_event_stream(&server.app, &request) {
        let head = read::head_only(request, id.clone());
        let (outcome, body) = answer(&server, &head);
        (outcome, body, true)
    } else {
        match read(&server.app.config, request, id.clone()).await {
            Ok(incoming) if incoming.body.len() > LARGE => {
                let server = Arc::clone(&server);
                let work = tokio::task::spawn_blocking(move || answer(&server, &incoming));
                match work.await {
                    Ok((outcome, body)) => (outcome, body, false),
                    Err(_) => refused(ApiError::row(rows::front_door::INTERNAL), true),
                }
            }
            Ok(incoming) => {
                let (outcome, body) = answer(&server, &incoming);
                (outcome, body, false)
            }
            Err(Refused { error, close }) => refused(error, close),
        }
    };
    server.app.requests.fetch_add(1, Ordering::Relaxed);

    // 3. The access log's line is written when the last byte left or the client hung up.
    let entry = server.app.config.access_log.then(|| Entry {
        since,
        what,
        operation: outcome.operation.clone(),
        account: outcome.principal.as_ref().map(|p| p.account.clone()),
        status: outcome.answer.status,
        hint: outcome.answer.hint.clone(),
        bytes: 0,
        complete: false,
        cut_off: false,
    });

    // 4. What a fault does before the head.
    let close = wants_close || broken || server.stopping.load(Ordering::Relaxed);
    let answered = Answered {
        operation: outcome.operation,
        principal: outcome.principal,
        noted: outcome.notes.into_noted(),
        refusal: outcome.refusal,
        body,
    };
    let held = Held {
        entry,
        draft: Some((draft, answered)),
        ended: journal::Ended::ClientHungUp,
    };
    let (entry, draft, answered) =
        hold(&outcome.answer.delivery, &connection, version, held).await?;

    // 5. The head leaves in the service's order and case; the journal's entry is there before it and
    // is closed when the last byte left or the client hung up.
    let record = |status: u16, headers: &HeaderMap| {
        let mut recorder = draft.answered(answered, status, headers);
        if is_head {
            // Nothing of the body is taken, and nothing is missing.
            recorder.ended(journal::Ended::Complete);
        }
        recorder
    };
    Ok(respond(
        &server,
        (outcome.answer, connection),
        &id,
        version,
        close,
        (entry, record),
    ))
}

fn draft<B>(server: &Server, request: &Request<B>, id: &str, since: Instant) -> Draft {
    let target = request.uri().path_and_query().map_or("", |t| t.as_str());
    let head = Head {
        method: request.method().as_str(),
        target,
        version: request.version(),
        headers: request.headers(),
    };
    server.app.journal.draft(head, id, since)
}

fn answer(server: &Server, incoming: &Incoming) -> (Outcome, journal::Body) {
    let body = server.app.journal.copy(&incoming.body);
    (edge::respond(&server.app, incoming), body)
}

fn refused(error: ApiError, close: bool) -> (Outcome, journal::Body, bool) {
    (Outcome::refused(error), journal::Body::default(), close)
}

/// Waits, or breaks off, as faults say. A client that hangs up meanwhile is in the access log and in
/// the journal too.
async fn hold(
    delivery: &Delivery,
    connection: &Connection,
    version: Version,
    mut held: Held,
) -> Result<(Option<Entry>, Draft, Answered), CutOff> {
    for hold in delivery.holds() {
        match hold {
            Hold::For(time) => tokio::time::sleep(time).await,
            Hold::Forever => std::future::pending().await,
            Hold::Reset => {
                held.ended = journal::Ended::AbortedByFault;
                if let Some(entry) = &mut held.entry {
                    entry.cut_off = true;
                }
                return Err(cut_off(connection, version));
            }
        }
    }
    let entry = held.entry.take();
    match held.draft.take() {
        Some((draft, answered)) => Ok((entry, draft, answered)),
        // There from the start on, and taken here alone.
        None => Err(CutOff),
    }
}

/// A request whose answer has not begun: written down even if nothing more happens.
struct Held {
    entry: Option<Entry>,
    draft: Option<(Draft, Answered)>,
    ended: journal::Ended,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some((draft, answered)) = self.draft.take() {
            draft.unanswered(answered, self.ended);
        }
        if let Some(entry) = self.entry.take() {
            entry.write();
        }
    }
}

fn respond(
    server: &Server,
    (answer, connection): (Answer, Arc<Connection>),
    id: &str,
    version: Version,
    close: bool,
    (entry, record): (Option<Entry>, impl FnOnce(u16, &HeaderMap) -> Recorder),
) -> Response<Body> {
    let length = match &answer.content {
        Content::Bytes(bytes) => Some(bytes.len() as u64),
        Content::Events { .. } => None,
    };
    let framing = Framing {
        length,
        close,
        version,
        request_id: !answer.delivery.plan(None).no_request_id,
    };
    let headers = head::headers(framing, answer.content_type.as_deref(), id, answer.headers);
    let recorder = record(answer.status, &headers);
    let mut response = Response::new(Body::new(AnswerBody::new(
        &server.app,
        (answer.content, &answer.delivery),
        (connection, version),
        (entry, recorder),
    )));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if version == Version::HTTP_11 {
        *response.extensions_mut() = server.spellings.extensions(&headers);
    }
    *response.headers_mut() = headers;
    response
}

/// Whether the path names an operation whose input is a stream of events.
fn takes_event_stream<B>(app: &App, request: &Request<B>) -> bool {
    let (method, path) = (request.method().as_str(), request.uri().path());
    let Some(routed) = app.router.find(&app.models, method, path, |_| true) else {
        return false;
    };
    let model = &app.models[routed.model];
    let input = routed.operation.input.map(|shape| model.members(shape));
    let payload = routed.operation.payload.as_deref();
    input.into_iter().flatten().any(|m| {
        Some(&*m.name) == payload && matches!(model.shape(m.shape).kind, Kind::EventStream { .. })
    })
}

fn asks_to_close<B>(request: &Request<B>) -> bool {
    let named = |word: &str| {
        request
            .headers()
            .get_all(http::header::CONNECTION)
            .iter()
            .any(|v| {
                v.to_str().is_ok_and(|v| {
                    v.split(',')
                        .any(|part| part.trim().eq_ignore_ascii_case(word))
                })
            })
    };
    match request.version() {
        Version::HTTP_10 => !named("keep-alive"),
        _ => named("close"),
    }
}

/// A refusal that a client may read though its request could not be read whole.
pub(crate) fn refuse(row: RowId, hint: &str, close: bool) -> Refused {
    Refused {
        error: ApiError::row(row).hint(hint),
        close,
    }
}
