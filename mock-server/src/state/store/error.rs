//! Why a store refused.

use std::fmt;

use super::MAX_ACCOUNTS;
use crate::wire::{ApiError, rows};

/// Why a store refused.
#[derive(Debug)]
pub enum StoreError {
    /// Another writer was faster; read again.
    Conflict,
    /// The store holds records of as many accounts as it may.
    TooManyAccounts,
    /// The medium failed; the change did not happen.
    Failed(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => f.write_str("another writer was faster"),
            Self::TooManyAccounts => write!(f, "{MAX_ACCOUNTS} accounts hold records already"),
            Self::Failed(why) => write!(f, "the state cannot be kept: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TooManyAccounts => Self::row(rows::control::ACCOUNT_QUOTA),
            // No fault of the client: the medium behind --state gave up.
            StoreError::Conflict | StoreError::Failed(_) => Self::row(rows::front_door::INTERNAL),
        }
        .hint(error.to_string())
    }
}
