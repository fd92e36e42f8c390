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
use http::{Request, Response, StatusCode, Version};
use tower::ServiceExt as _;

use crate::control;
use crate::edge::log::{AccessLog, Entry};
use crate::edge::{self, Incoming};
use crate::faults::{Delivery, Hold};
use crate::model::Kind;
use crate::state::App;
use crate::wire::answer::Content;
use crate::wire::{Answer, ApiError};

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
    /// Access log, if it is on.
    pub log: Option<AccessLog>,
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
    if request.uri().path().starts_with(control::PREFIX) {
        let control = server.control.clone();
        return Ok(control
            .oneshot(request.map(Body::new))
            .await
            .unwrap_or_else(|never| match never {}));
    }
    let since = Instant::now();
    let version = request.version();
    let wants_close = asks_to_close(&request);
    let what = format!("{} {}", request.method(), request.uri().path());

    // 2. The request is read whole, within its limits of size and time.
    let id = edge::incoming::request_id();
    let (answer, operation, account, broken) = if takes_event_stream(&server.app, &request) {
        let head = read::head_only(request, id.clone());
        let (answer, operation, account, _) = answer(&server, &head);
        (answer, operation, account, true)
    } else {
        match read(&server.app.config, request, id.clone()).await {
            Ok(incoming) if incoming.body.len() > LARGE => {
                let server = Arc::clone(&server);
                let work = tokio::task::spawn_blocking(move || answer(&server, &incoming));
                work.await.unwrap_or_else(|_| {
                    (
                        ApiError::row("front-door.internal").into_answer(),
                        None,
                        None,
                        true,
                    )
                })
            }
            Ok(incoming) => answer(&server, &incoming),
            Err(Refused { error, close }) => (error.into_answer(), None, None, close),
        }
    };
    server.app.requests.fetch_add(1, Ordering::Relaxed);

    // 3. The access log's line is written when the last byte left or the client hung up.
    let entry = server.log.as_ref().map(|log| Entry {
        log: log.clone(),
        since,
        what,
        operation,
        account,
        status: answer.status,
        hint: answer.hint.clone(),
        bytes: 0,
        complete: false,
        cut_off: false,
    });

    // 4. What a fault does before the head.
    let entry = hold(&answer.delivery, &connection, version, entry).await?;

    // 5. The head leaves in the service's order and case.
    let close = wants_close || broken || server.stopping.load(Ordering::Relaxed);
    let answer = (answer, connection);
    Ok(respond(&server, answer, &id, version, close, entry))
}

fn answer(server: &Server, incoming: &Incoming) -> (Answer, Option<String>, Option<String>, bool) {
    let outcome = edge::respond(&server.app, incoming);
    (
        outcome.answer,
        outcome.operation,
        outcome.principal.map(|p| p.account),
        false,
    )
}

/// Waits, or breaks off, as faults say. A client that hangs up meanwhile is in the access log too.
async fn hold(
    delivery: &Delivery,
    connection: &Connection,
    version: Version,
    entry: Option<Entry>,
) -> Result<Option<Entry>, CutOff> {
    let mut held = Held(entry);
    for hold in delivery.holds() {
        match hold {
            Hold::For(time) => tokio::time::sleep(time).await,
            Hold::Forever => std::future::pending().await,
            Hold::Reset => {
                if let Some(entry) = &mut held.0 {
                    entry.cut_off = true;
                }
                return Err(cut_off(connection, version));
            }
        }
    }
    Ok(held.0.take())
}

/// A line of the access log that is written even if nothing more happens.
struct Held(Option<Entry>);

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(entry) = self.0.take() {
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
    entry: Option<Entry>,
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
    let mut response = Response::new(Body::new(AnswerBody::new(
        &server.app,
        (answer.content, &answer.delivery),
        (connection, version),
        entry,
    )));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    if version == Version::HTTP_11 {
        *response.extensions_mut() = server.spellings.extensions(length.is_none());
    }
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
pub(crate) fn refuse(row: &str, hint: &str, close: bool) -> Refused {
    Refused {
        error: ApiError::row(row).hint(hint),
        close,
    }
}
