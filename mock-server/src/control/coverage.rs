//! `/_mock/coverage`: every operation of the service models, and whether it is imitated: read from the
//! running table, so it cannot lie.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};

use super::Routes;
use crate::app::App;
use crate::ops;

pub(super) fn routes() -> Routes {
    vec![("/_mock/coverage", get(coverage))]
}

async fn coverage(State(app): State<Arc<App>>) -> Json<Value> {
    let services: Vec<Value> = app
        .models
        .iter()
        .map(|model| {
            let operations: Vec<Value> = model
                .operations
                .iter()
                .map(|o| {
                    let imitated = ops::is_imitated(o);
                    json!({ "name": o.name, "method": o.method, "uri": o.uri, "imitated": imitated })
                })
                .collect();
            let imitated = operations.iter().filter(|o| o["imitated"] == true).count();
            json!({ "service": model.service, "apiVersion": model.api_version, "imitated": imitated, "total": operations.len(), "operations": operations })
        })
        .collect();
    Json(json!({ "services": services }))
}
