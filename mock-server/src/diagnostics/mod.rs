//! Every mistake in a user's file or request body: what it is, where it is, and how to fix it.

pub(crate) mod serde_message;
mod start_error;
pub(crate) mod suggest;

pub use start_error::StartError;
