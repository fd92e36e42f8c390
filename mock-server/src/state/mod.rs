//! What the mock knows and remembers.
//!
//! Parts that change have their own small locks, and no lock is held across an await.

mod api_keys;
pub mod arn;
pub mod capabilities;
pub mod catalogue;
pub mod clock;
pub mod entry;
pub mod family;
pub mod issued_accounts;
pub mod profiles;
pub mod prompt_cache;
pub mod resolve;
pub mod self_check;
pub mod store;
pub mod stored_prompt;
pub mod unique_id;

pub use api_keys::Standing;
