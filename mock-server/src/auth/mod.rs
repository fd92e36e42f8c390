//! Credentials → principal, or the refusal in the service's words.
//!
//! | file | what |
//! |---|---|
//! | `principal` | who calls |
//! | `authenticator` | which scheme, which key, whose secret |
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

pub use admission::{admit, admit_model};
pub(crate) use authenticator::KNOWN_SECRET;
pub use authenticator::{Authenticator, authenticate, judge_key, shows_bearer};
pub use principal::{Kind, Principal};
