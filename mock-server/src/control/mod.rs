//! `/_mock/…`: what the mock says about itself. Needs no credentials and imitates nothing.

mod console;
mod faults;
mod scenarios;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::ops;
use crate::state::App;

/// Paths below this are the mock's own.
pub const PREFIX: &str = "/_mock/";

/// The routes.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/_mock/health", get(health))
        .route("/_mock/coverage", get(coverage))
        .merge(console::routes())
        .merge(scenarios::routes())
        .merge(faults::routes())
        .fallback(unknown)
        .with_state(app)
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

/// Every operation of the service models, and whether it is imitated: asked of the running table,
/// so it cannot lie.
async fn coverage(State(app): State<Arc<App>>) -> Json<Value> {
    let services: Vec<Value> = app
        .models
        .iter()
        .map(|model| {
            let operations: Vec<Value> = model
                .operations
                .iter()
                .map(|o| {
                    let imitated = ops::is_imitated(&model.service, &o.name);
                    json!({ "name": o.name, "method": o.method, "uri": o.uri, "imitated": imitated })
                })
                .collect();
            let imitated = operations.iter().filter(|o| o["imitated"] == true).count();
            json!({ "service": model.service, "apiVersion": model.api_version, "imitated": imitated, "total": operations.len(), "operations": operations })
        })
        .collect();
    Json(json!({ "services": services }))
}

async fn unknown() -> (StatusCode, Json<Value>) {
    let text = "no such control path; there are GET /_mock/health, GET /_mock/coverage, /_mock/scenarios and /_mock/faults";
    (StatusCode::NOT_FOUND, Json(json!({ "message": text })))
}
