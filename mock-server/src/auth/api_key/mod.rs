//! Bedrock API keys: what comes as `Authorization: Bearer …` or `x-api-key`.
//!
//! ```text
//! parse        which kind of key, and whether it is complete
//! long_term    ABSK…: alias and secret of a service-specific credential; development keys
//! development  development keys that proved themselves lately
//! short_term   bedrock-api-key-…: a presigned CallWithBearerToken request
//! lenient      base64 as keys are copied around: either alphabet, padding or not
//! refusals     one constructor per refusal
//! ```

mod development;
mod lenient;
pub mod long_term;
mod parse;
mod refusals;
pub mod short_term;

pub use development::DevelopmentKeys;
pub use long_term::LongTermKey;
pub use parse::{ApiKey, parse};
pub use refusals::{expired, inactive, unknown};
pub use short_term::ShortTermKey;

#[cfg(test)]
mod short_term_test;
