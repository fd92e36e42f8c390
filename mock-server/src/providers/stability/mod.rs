//! Stability AI: image models.

pub(in crate::providers) mod core;
pub(in crate::providers) mod xl;
