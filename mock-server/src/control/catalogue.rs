//! `/_mock/catalogue`: the models and profiles that the mock knows.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};

use super::extract::Nothing;
use super::{Params, Routes};
use crate::app::App;

pub(super) fn routes() -> Routes {
    vec![("/_mock/catalogue", get(catalogue))]
}

async fn catalogue(State(app): State<Arc<App>>, _: Params<Nothing>) -> Json<Value> {
    let models = app.catalogue.models().iter();
    let told = models.clone().map(|model| {
        let family = app.catalogue.family(&model.id);
        json!({
            "id": model.id,
            "name": model.name,
            "provider": model.provider,
            "family": family.map(|f| &f.family),
            "lifecycle": model.lifecycle,
            "input": model.input,
            "output": model.output,
            "streaming": model.streaming,
            "onDemand": model.on_demand,
            "profiles": model.profiles.iter().map(|p| &p.id).collect::<Vec<_>>(),
        })
    });
    let profiles = models.flat_map(|m| m.profiles.iter().map(move |p| (m, p)));
    let profiles = profiles.map(|(model, profile)| {
        let mut regions: Vec<&String> = profile.sources.keys().collect();
        regions.sort_unstable();
        json!({
            "id": profile.id,
            "name": profile.name,
            "geography": profile.geo,
            "model": model.id,
            "regions": regions,
        })
    });
    let declared = app.catalogue.declared.iter();
    let declared =
        declared.map(|d| json!({ "arn": d.arn, "name": d.name, "copyFrom": d.copy_from }));
    Json(json!({
        "models": told.collect::<Vec<_>>(),
        "profiles": profiles.collect::<Vec<_>>(),
        "applicationProfiles": declared.collect::<Vec<_>>(),
    }))
}
