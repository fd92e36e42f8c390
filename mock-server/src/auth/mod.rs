//! Credentials → principal, or the refusal in the service's words.
//!
//! | file | what |
//! |---|---|
//! | `principal` | who calls |
//! | `verifier` | which scheme, which key, whose secret |
//! | `authenticator` | the credentials that settings declare |
//! | `issued` | credentials that this mock's own IAM and STS gave out |
//! | `admission` | what a principal may not do |
//! | `sigv4` | signatures in the header and in the query |
//! | `api_key` | long- and short-term Bedrock API keys |
//! | `refusal` | row of the error table, its values, a hint |

pub mod admission;
pub mod api_key;
mod authenticator;
mod issued;
mod principal;
pub mod refusal;
pub mod sigv4;
mod verifier;

pub use admission::{Policy, Target};
pub use authenticator::Authenticator;
pub(crate) use authenticator::KNOWN_SECRET;
pub use principal::{Kind, Principal};
pub use verifier::{Endpoint, Verifier, shows_bearer};
