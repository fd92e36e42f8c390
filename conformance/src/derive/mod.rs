//! Cases that follow from the service model: for each constraint of each request member of each
//! operation that a target serves, one request that breaks it and one at its edge that does not.
//!
//! The text that is expected comes from the service's own template for broken constraints. What
//! cannot be derived is listed with its reason, never left out in silence.

mod cases;
mod constraint;
mod minimal;
mod place;
mod probes;
mod sample;
mod walk;

pub use cases::{Derived, derive};
pub use constraint::{Constraint, Rule};
pub use walk::{Member, Step, members};
