//! ListFoundationModels: the models of the region, through all filters that are given; no pages.
//!
//! Providers compare without case: the documentation's examples ask for `anthropic`, answers say
//! `Anthropic`. No model of the catalogue is known to have provisioned throughput.

use serde::Serialize;

use super::details::{self, Details};
use crate::ops::{Call, Output};
use crate::state::catalogue::ModelEntry;
use crate::wire::ApiError;

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let models = call.app.catalogue.models().iter();
    let listed = models.filter(|model| passes(call, model));
    call.answer(&Models {
        model_summaries: listed
            .map(|model| Details::new(model, call.region))
            .collect(),
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Models<'a> {
    model_summaries: Vec<Details<'a>>,
}

fn passes(call: &Call<'_>, model: &ModelEntry) -> bool {
    let types = details::inference_types(model, call.region);
    let filter = |name, passes: &dyn Fn(&str) -> bool| call.input.text(name).is_none_or(passes);
    let among = |all: &[String], wanted: &str| all.iter().any(|one| one == wanted);
    !types.is_empty()
        && filter("byProvider", &|p| {
            details::provider(model).eq_ignore_ascii_case(p)
        })
        && filter("byCustomizationType", &|c| among(&model.customizations, c))
        && filter("byOutputModality", &|m| among(&model.output, m))
        && filter("byInferenceType", &|t| types.contains(&t))
}
