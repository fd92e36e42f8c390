//! What users make: profiles, keys, users, sessions — kept per account, behind one trait.
//!
//! Operations go through [`Accounts`], which turns "look, decide, change" into one transaction:
//! it reads at a version, and the commit fails if another writer was faster, in which case the
//! decision is taken again. That is all a store must offer, so one that several processes share
//! can implement the trait later.

mod accounts;
mod error;
mod memory;
mod record;
mod redb;

pub use self::redb::RedbStore;
pub use accounts::{Accounts, Quota, View};
pub use error::StoreError;
pub use memory::MemoryStore;
pub use record::{
    ApiKeyRecord, ApiKeyStatus, Kind, ProfileRecord, Record, SessionRecord, TokenRecord, UserRecord,
};

use std::sync::Arc;

/// Most accounts that hold records at a time, so that a client that makes up credentials cannot
/// fill the memory. An account whose last record goes no longer counts.
pub const MAX_ACCOUNTS: usize = 10_000;

/// A change of one record.
#[derive(Debug, Clone)]
pub enum Change {
    /// Make or replace it.
    Put {
        /// Its id within its kind.
        id: String,
        /// The record.
        record: Arc<Record>,
    },
    /// Remove it; nothing happens if it is not there.
    Delete {
        /// Its kind.
        kind: Kind,
        /// Its id within its kind.
        id: String,
    },
}

/// Keeps records by account, kind and id.
pub trait Store: Send + Sync {
    /// One record.
    fn get(&self, account: &str, kind: Kind, id: &str) -> Option<Arc<Record>>;

    /// All records of a kind, by id in ascending order.
    fn list(&self, account: &str, kind: Kind) -> Vec<(String, Arc<Record>)>;

    /// Number of records of a kind.
    fn count(&self, account: &str, kind: Kind) -> usize;

    /// Accounts that have records.
    fn accounts(&self) -> Vec<String>;

    /// Grows with every commit of the account.
    fn version(&self, account: &str) -> u64;

    /// Makes all changes or none; when it returns they are as durable as the store is. Fails with
    /// [`StoreError::Conflict`] if the account's version is no longer `version`.
    fn commit(&self, account: &str, version: u64, changes: &[Change]) -> Result<(), StoreError>;
}
