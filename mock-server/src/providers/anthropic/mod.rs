//! Anthropic: Messages and the older completions.

pub(in crate::providers) mod cache;
pub(in crate::providers) mod citations;
pub(in crate::providers) mod completions;
pub(in crate::providers) mod fields;
pub(in crate::providers) mod media;
pub(in crate::providers) mod messages;
mod view;
