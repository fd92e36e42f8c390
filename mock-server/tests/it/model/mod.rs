//! Inputs against the service model.

mod constraints;
mod value_types;
