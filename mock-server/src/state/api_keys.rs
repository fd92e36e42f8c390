//! Status and aliases of the long-term API keys in the store.

use std::sync::Arc;

use super::store::{Accounts, ApiKeyRecord, ApiKeyStatus, Kind, Record};

/// Whether a key can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Usable,
    /// It was switched off.
    Inactive,
    /// Its time is over, whether it was switched off or not.
    Expired,
}

impl ApiKeyRecord {
    /// Returns whether the key can be used at a time, in seconds since 1970.
    pub fn standing(&self, now: i64) -> Standing {
        match self.status {
            _ if self.expires.is_some_and(|at| at <= now) => Standing::Expired,
            ApiKeyStatus::Active => Standing::Usable,
            ApiKeyStatus::Inactive => Standing::Inactive,
        }
    }
}

impl Accounts {
    /// Returns the key that has this alias. Two look-ups by id, however many keys there are: every
    /// request with such a key takes them.
    pub fn api_key_by_alias(&self, account: &str, alias: &str) -> Option<Arc<Record>> {
        let view = self.view(account);
        match &*view.get(Kind::Alias, alias)? {
            Record::Alias(id) => view.get(Kind::ApiKey, id),
            _ => None,
        }
    }
}
