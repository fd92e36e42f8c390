//! GetFoundationModel: a model of the region, by base id or foundation-model ARN; profiles are not
//! models.

use serde_json::json;

use super::details;
use crate::ops::Call;
use crate::state::arn::Arn;
use crate::wire::rows;
use crate::wire::{Answer, ApiError};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
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
            let details = details::write(model, call.region);
            Ok(call.answer(&json!({ "modelDetails": details })))
        }
        None => Err(ApiError::row(rows::control::MODEL_NOT_FOUND)
            .with("id", identifier)
            .hint(format!(
                "{identifier} is no foundation model in {}",
                call.region
            ))),
    }
}
