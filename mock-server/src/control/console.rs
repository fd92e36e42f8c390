//! `/_mock/`: a page that shows what comes in, for people.
//!
//! One page without a build step: markup, style and script lie beside this file and leave as one
//! document. It reads the same routes as everybody else; nothing is loaded from anywhere else, which
//! the policy in its head makes sure of.

use std::sync::LazyLock;

use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, Request};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::Routes;

static PAGE: LazyLock<String> = LazyLock::new(|| {
    include_str!("console/page.html")
        .replace("/*STYLE*/", include_str!("console/style.css"))
        .replace("/*SCRIPT*/", include_str!("console/script.js"))
});

/// Where the page is.
pub(super) const PATH: &str = "/_mock/";

/// Where people look for it; leads to the page, and is no resource of its own.
pub(super) const TYPED: &str = "/_mock";

const POLICY: &str = "default-src 'none'; connect-src 'self'; img-src data:; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn routes() -> Routes {
    vec![(PATH, get(page))]
}

pub(super) async fn lead() -> Redirect {
    Redirect::permanent(PATH)
}

/// Whether a request is a browser's for `/`. Programs that ask for the root get the service's
/// answer.
pub(crate) fn is_browser_at_root<B>(request: &Request<B>) -> bool {
    let accepts_html = |value: &HeaderValue| value.to_str().is_ok_and(|v| v.contains("text/html"));
    request.method() == Method::GET
        && request.uri().path() == "/"
        && request.headers().get(ACCEPT).is_some_and(accepts_html)
}

/// Leads a browser from `/` to the page; temporarily, because the path is the service's.
pub(crate) fn welcome() -> Response {
    Redirect::temporary(PATH).into_response()
}

async fn page() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, PAGE.as_str()).into_response()
}
