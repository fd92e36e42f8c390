//! `/_mock/openapi.json`: the control API, described. A test holds every path, method and answer
//! against it.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use super::Routes;

/// OpenAPI 3.1.
const DOCUMENT: &str = include_str!("openapi.json");

pub(super) fn routes() -> Routes {
    vec![("/_mock/openapi.json", get(openapi))]
}

async fn openapi() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}
