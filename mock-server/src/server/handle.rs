//! Every layer that a request passes, in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::body::Body;
use http::{Method, Request, Response, Version};
use tower::ServiceExt as _;

use super::connection::Connection;
use super::ending::CutOff;
use super::head::Spellings;
use super::hold::{Held, hold};
use super::read::{self, Refused, read};
use super::respond::{Departure, respond};
use crate::app::App;
use crate::config::Switch;
use crate::control;
use crate::edge::log::Entry;
use crate::edge::{self, Outcome};
use crate::journal::{self, Answered, Draft, Head};
use crate::model::Kind;
use crate::request::Incoming;
use crate::wire::{ApiError, rows};

/// Bodies above this, bytes, are answered on a thread of their own: reading, embedding or ranking
/// megabytes takes long enough to hold up everybody else's requests.
const LARGE: usize = 128 * 1024;

/// What the layers share.
pub struct Server {
    /// What all requests share.
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

    // 2. The request is read to its end, within its limits of size and time.
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
    let held = Held::new(entry, draft, answered);
    let released = hold(&outcome.delivery, &connection, version, held).await?;

    // 5. The head leaves in the service's order and case; the journal's entry is there before it and
    // is closed when the last byte left or the client hung up.
    Ok(respond(
        &server,
        Departure {
            answer: outcome.answer,
            delivery: outcome.delivery,
            request_id: &id,
            connection,
            version,
            close,
            is_head,
            released,
        },
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
    (edge::answer(&server.app, incoming), body)
}

fn refused(error: ApiError, close: bool) -> (Outcome, journal::Body, bool) {
    (Outcome::refused(error), journal::Body::default(), close)
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
