//! GetFoundationModelAvailability: whether the account may use a model, and whether the region has
//! it. Every account of the mock has agreed to everything.

use serde::Serialize;

use super::details;
use crate::ops::{Call, Output};
use crate::wire::{ApiError, rows};

pub(in crate::ops) fn run(call: &Call<'_>) -> Result<Output, ApiError> {
    let id = call.input.text("modelId").unwrap_or_default();
    let Some(model) = call.app.catalogue.model(id) else {
        return Err(ApiError::row(rows::control::MODEL_NOT_FOUND)
            .with("id", id)
            .hint(format!("{id} is in no catalogue layer")));
    };
    let here = !details::inference_types(model, call.region).is_empty();
    call.answer(&Availability {
        agreement_availability: Agreement {
            error_message: None,
            status: "AVAILABLE",
        },
        authorization_status: "AUTHORIZED",
        entitlement_availability: "AVAILABLE",
        model_id: id,
        region_availability: if here { "AVAILABLE" } else { "NOT_AVAILABLE" },
    })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Availability<'a> {
    agreement_availability: Agreement,
    authorization_status: &'static str,
    entitlement_availability: &'static str,
    model_id: &'a str,
    region_availability: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Agreement {
    /// Null where the agreement is available.
    error_message: Option<String>,
    status: &'static str,
}
