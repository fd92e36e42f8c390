//! Mistral AI: chat and text completion.

pub(in crate::providers) mod chat;
pub(in crate::providers) mod text;
