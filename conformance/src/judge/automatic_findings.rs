//! Findings of the automatic checks, each with the check that found it.

use serde_json::Value;

use super::{Finding, Part};
use crate::case::Automatic;
use crate::model::{Service, check_shape};
use crate::reference_data::ReferenceData;

/// What is found so far.
pub(super) type Found = Vec<(Automatic, Finding)>;

/// Adds one finding.
pub(super) fn push(
    found: &mut Found,
    check: Automatic,
    part: Part,
    path: &str,
    expected: &str,
    seen: &str,
) {
    found.push((check, Finding::new(part, path, expected, seen)));
}

/// Adds every way in which a body is not of the modelled shape.
pub(super) fn shape(
    reference: &ReferenceData,
    service: &Service,
    shape: &str,
    body: &Value,
    prefix: &str,
    part: Part,
    found: &mut Found,
) {
    for mismatch in check_shape(service, &reference.overlay, shape, body) {
        push(
            found,
            Automatic::Shape,
            part,
            &format!("{prefix}{}", mismatch.path),
            &format!("the form of {shape}"),
            &format!("it {}", mismatch.what),
        );
    }
}
