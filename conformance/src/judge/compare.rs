//! Compares one value of an answer with a pattern.

use serde_json::Value;

use super::{Finding, Part};
use crate::model::check_shape;
use crate::pattern::{self, Context};
use crate::reference_data::ReferenceData;

/// Adds every difference; `prefix` goes before their paths.
pub(super) fn compare(
    reference: &ReferenceData,
    part: Part,
    prefix: &str,
    pattern: &Value,
    value: &Value,
    found: &mut Vec<Finding>,
) {
    let context = Context {
        root: value,
        shape: &|shape, value| wrong_by_shape(reference, shape, value),
    };
    for difference in pattern::matches(&context, pattern, value) {
        found.push(Finding {
            order: difference.order,
            ..Finding::new(
                part,
                &format!("{prefix}{}", difference.path),
                &difference.expected,
                &difference.seen,
            )
        });
    }
}

fn wrong_by_shape(reference: &ReferenceData, shape: &str, value: &Value) -> Option<String> {
    let service = reference
        .models
        .services()
        .iter()
        .find(|service| !service.shape(shape).is_null())?;
    check_shape(service, &reference.overlay, shape, value)
        .first()
        .map(|mismatch| format!("{} {}", mismatch.path, mismatch.what))
}
