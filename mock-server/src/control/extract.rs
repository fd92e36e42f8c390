//! Bodies and queries of the control API.

use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Problem;
use crate::account::is_account;
use crate::diagnostics::serde_message::plain;

/// Largest body, bytes.
const BODY_LIMIT: usize = 16 * 1024 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A JSON body; an empty one counts as `{}`. Its `Content-Type` does not matter.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let body = to_bytes(request.into_body(), BODY_LIMIT);
        let bytes = match tokio::time::timeout(PATIENCE, body).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(_)) => {
                let text = format!("the body broke off or is above {BODY_LIMIT} bytes");
                return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, text));
            }
            Err(_) => {
                let text = "the body stopped arriving";
                return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, text));
            }
        };
        match bytes.iter().position(|b| !b.is_ascii_whitespace()) {
            None => Ok(Self(serde_json::from_slice(b"{}")?)),
            Some(start) if bytes[start] != b'{' => Err(no_object(&bytes[..start])),
            Some(_) => Ok(Self(serde_json::from_slice(&bytes)?)),
        }
    }
}

/// serde would read a list as the members of a structure in their order.
fn no_object(before: &[u8]) -> Problem {
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|b| **b != b'\n').count() + 1;
    Problem::bad("expected a JSON object").at(line, column)
}

/// The query of a path that takes none.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// The query; unknown parameters are refused.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(params)) => Ok(Self(params)),
            Err(error) => {
                let text = error.body_text();
                let text = text.trim_start_matches("Failed to deserialize query string: ");
                let text = text.replace(
                    "invalid digit found in string",
                    "expected a whole number, 0 or more",
                );
                let text = plain(&text);
                Err(Problem::bad(format!("the query: {text}")))
            }
        }
    }
}

/// The account that a request names; refuses what is none.
pub(super) fn account(given: Option<String>) -> Result<Option<String>, Problem> {
    match given {
        Some(text) if !is_account(&text) => Err(Problem::bad(format!(
            "account {text}: expected 12 digits; leave it out to mean all accounts"
        ))),
        given => Ok(given),
    }
}
