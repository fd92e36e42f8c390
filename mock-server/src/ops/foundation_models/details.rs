//! A foundation model as the service writes it, in one region.
//!
//! Only what the catalogue knows: the recorded list has members beyond the model whose content is
//! not public, and the dates of a model's life are not in the data that the catalogue is made from.

use serde::Serialize;

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
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Details<'a> {
    customizations_supported: &'a [String],
    inference_types_supported: Vec<&'static str>,
    input_modalities: &'a [String],
    model_arn: String,
    model_id: &'a str,
    model_lifecycle: Lifecycle<'a>,
    model_name: &'a str,
    output_modalities: &'a [String],
    provider_name: &'a str,
    response_streaming_supported: bool,
}

/// Null where the catalogue has no date.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Lifecycle<'a> {
    end_of_life_time: Option<&'a str>,
    legacy_time: Option<&'a str>,
    public_extended_access_time: Option<&'a str>,
    start_of_life_time: Option<&'a str>,
    status: &'a str,
}

impl<'a> Details<'a> {
    /// Describes a model as one region sees it.
    pub(super) fn new(model: &'a ModelEntry, region: &str) -> Self {
        let name = if model.name.is_empty() {
            &model.id
        } else {
            &model.name
        };
        Self {
            customizations_supported: &model.customizations,
            inference_types_supported: inference_types(model, region),
            input_modalities: &model.input,
            model_arn: model_arn(region, &model.id),
            model_id: &model.id,
            model_lifecycle: Lifecycle {
                end_of_life_time: None,
                legacy_time: None,
                public_extended_access_time: None,
                start_of_life_time: None,
                status: &model.lifecycle,
            },
            model_name: name,
            output_modalities: &model.output,
            provider_name: provider(model),
            response_streaming_supported: model.streaming,
        }
    }
}
