//! An answer becomes an HTTP response.

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode, Version};

use super::Server;
use super::body::{AnswerBody, Transport};
use super::connection::Connection;
use super::head::{self, Framing};
use super::hold::Released;
use crate::faults::Delivery;
use crate::journal::Ended;
use crate::wire::{Answer, Content};

/// An answer that is about to leave, and where it goes.
pub(super) struct Departure<'a> {
    /// The answer.
    pub(super) answer: Answer,
    /// What goes wrong on its way, and how fast it goes.
    pub(super) delivery: Delivery,
    /// Value of `x-amzn-RequestId`.
    pub(super) request_id: &'a str,
    /// The connection that it leaves by.
    pub(super) connection: Arc<Connection>,
    /// The request's version of HTTP.
    pub(super) version: Version,
    /// The connection closes after it.
    pub(super) close: bool,
    /// The request was a HEAD, so nothing of the body is sent.
    pub(super) is_head: bool,
    /// Its entries in access log and journal.
    pub(super) released: Released,
}

/// Makes the response. The head leaves in the service's order and case; the journal's entry is there
/// before it.
pub(super) fn respond(server: &Server, departure: Departure<'_>) -> Response<Body> {
    let Departure {
        answer,
        delivery,
        version,
        ..
    } = departure;
    let length = match &answer.content {
        Content::Bytes(bytes) => Some(bytes.len() as u64),
        Content::Events { .. } => None,
    };
    let framing = Framing {
        length,
        close: departure.close,
        version,
        request_id: !delivery.plan(None).no_request_id,
    };
    let content_type = answer.content_type.as_deref();
    let headers = head::headers(framing, content_type, departure.request_id, answer.headers);
    let Released {
        entry,
        draft,
        answered,
    } = departure.released;
    let mut recorder = draft.answered(answered, answer.status, &headers);
    if departure.is_head {
        // Nothing of the body is taken, and nothing is missing.
        recorder.ended(Ended::Complete);
    }
    let transport = Transport {
        connection: departure.connection,
        version,
    };
    let mut body = AnswerBody::new(&server.app, answer.content, &delivery, transport, recorder);
    body.log(entry);
    let mut response = Response::new(Body::new(body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if version == Version::HTTP_11 {
        *response.extensions_mut() = server.spellings.extensions(&headers);
    }
    *response.headers_mut() = headers;
    response
}
