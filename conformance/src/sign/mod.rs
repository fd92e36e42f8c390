//! AWS Signature Version 4, by its published description; `fixtures/vectors/sigv4` examines it.

mod canonical;
mod signature;

pub use canonical::{Signable, canonical_request, signed_names};
pub use signature::{Credentials, Scope, header, presigned, signature, string_to_sign};
