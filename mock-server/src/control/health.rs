//! `/_mock/health`: whether the mock serves. Never needs a token.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};

use super::Routes;
use crate::app::App;

pub(super) const PATH: &str = "/_mock/health";

pub(super) fn routes() -> Routes {
    vec![(PATH, get(health))]
}

async fn health(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "region": app.config.region,
        "requests": app.requests.load(Ordering::Relaxed),
        "openStreams": app.open_streams.load(Ordering::Relaxed),
        "selfCheck": app.self_check.findings(),
    }))
}
