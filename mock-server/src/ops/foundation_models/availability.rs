//! GetFoundationModelAvailability: whether the account may use a model, and whether the region has
//! it. Every account of the mock has agreed to everything.

use serde_json::json;

use super::details;
use crate::ops::Call;
use crate::wire::rows;
use crate::wire::{Answer, ApiError};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Answer, ApiError> {
    let id = call.input.text("modelId").unwrap_or_default();
    let Some(model) = call.app.catalogue.model(id) else {
        return Err(ApiError::row(rows::control::MODEL_NOT_FOUND)
            .with("id", id)
            .hint(format!("{id} is in no catalogue layer")));
    };
    let here = !details::inference_types(model, call.region).is_empty();
    Ok(call.answer(&json!({
        "agreementAvailability": { "errorMessage": null, "status": "AVAILABLE" },
        "authorizationStatus": "AUTHORIZED",
        "entitlementAvailability": "AVAILABLE",
        "modelId": id,
        "regionAvailability": if here { "AVAILABLE" } else { "NOT_AVAILABLE" },
    })))
}
