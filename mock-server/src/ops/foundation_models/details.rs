//! A foundation model as the service writes it, in one region.
//!
//! Only what the catalogue knows: the recorded list has members beyond the model whose content is
//! not public, and the dates of a model's life are not in the data that the catalogue is made from.

use serde_json::{Value, json};

use crate::state::arn::model_arn;
use crate::state::catalogue::ModelEntry;
use crate::state::profiles::is_offered;

/// How a model can be called in a region; empty if it cannot. `INFERENCE_PROFILE` is in real
/// answers though the model's enum does not have it.
pub(super) fn inference_types(model: &ModelEntry, region: &str) -> Vec<&'static str> {
    let mut types = Vec::new();
    if model.on_demand_in(region) {
        types.push("ON_DEMAND");
    }
    if model.profiles.iter().any(|p| is_offered(p, region)) {
        types.push("INFERENCE_PROFILE");
    }
    types
}

/// Who made a model; users' layers may leave it out, ids begin with it.
pub(super) fn provider(model: &ModelEntry) -> &str {
    match model.provider.as_str() {
        "" => model.id.split('.').next().unwrap_or_default(),
        provider => provider,
    }
}

/// All members of a summary, which are those of the details.
pub(super) fn write(model: &ModelEntry, region: &str) -> Value {
    let name = if model.name.is_empty() {
        &model.id
    } else {
        &model.name
    };
    json!({
        "customizationsSupported": model.customizations,
        "inferenceTypesSupported": inference_types(model, region),
        "inputModalities": model.input,
        "modelArn": model_arn(region, &model.id),
        "modelId": model.id,
        "modelLifecycle": {
            "endOfLifeTime": null,
            "legacyTime": null,
            "publicExtendedAccessTime": null,
            "startOfLifeTime": null,
            "status": model.lifecycle,
        },
        "modelName": name,
        "outputModalities": model.output,
        "providerName": provider(model),
        "responseStreamingSupported": model.streaming,
    })
}
