//! GetFoundationModel: a model of the region, by base id or foundation-model ARN; profiles are not
//! models.

use serde::Serialize;

use super::details::{self, Details};
use crate::ops::{Call, Output};
use crate::state::arn::Arn;
use crate::wire::{ApiError, rows};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let identifier = call.input.text("modelIdentifier").unwrap_or_default();
    let id = match Arn::parse(identifier) {
        Some(arn) if arn.kind == "foundation-model" && arn.is_near(call.asker()) => arn.id,
        Some(_) => "",
        None => identifier,
    };
    let model = call.app.catalogue.model(id);
    let model = model.filter(|model| !details::inference_types(model, call.region).is_empty());
    match model {
        Some(model) => {
            let model_details = Details::new(model, call.region);
            call.answer(&OneModel { model_details })
        }
        None => Err(ApiError::row(rows::control::MODEL_NOT_FOUND)
            .with("id", identifier)
            .hint(format!(
                "{identifier} is no foundation model in {}",
                call.region
            ))),
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OneModel<'a> {
    model_details: Details<'a>,
}
