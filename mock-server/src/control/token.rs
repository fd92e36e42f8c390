//! `--control-token`: demanded of every path but health and the page, which holds nothing: it asks its
//! reader for the token and reads the other paths with it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use subtle::ConstantTimeEq as _;

use super::{Problem, console, health};
use crate::app::App;

/// Lets a request pass if it shows the token, or if none is demanded.
pub(super) async fn demand(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let shown = shown(request.headers());
    let passes = match &app.config.control_token {
        None => true,
        Some(_)
            if [health::PATH, console::PATH, console::TYPED].contains(&request.uri().path()) =>
        {
            true
        }
        Some(token) => {
            shown.is_some_and(|shown| bool::from(shown.as_bytes().ct_eq(token.as_bytes())))
        }
    };
    if passes {
        return next.run(request).await;
    }
    let text = "the token of --control-token is demanded: Authorization: Bearer TOKEN, or x-mock-token: TOKEN";
    Problem::new(StatusCode::UNAUTHORIZED, text).into_response()
}

fn shown(headers: &HeaderMap) -> Option<&str> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let bearer = || {
        let (scheme, token) = text("authorization")?.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then_some(token.trim())
    };
    text("x-mock-token").or_else(bearer)
}
