//! Accounts that the control API gave out.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::store::MAX_ACCOUNTS;

/// Accounts that were given out, so that lists show them and nobody gets one twice. Beyond as many as
/// may hold records they are no longer remembered.
#[derive(Debug, Default)]
pub struct IssuedAccounts(Mutex<BTreeSet<String>>);

impl IssuedAccounts {
    /// Remembers an account.
    pub fn remember(&self, account: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < MAX_ACCOUNTS {
            all.insert(account.to_owned());
        }
    }

    /// All of them.
    pub fn all(&self) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().cloned().collect()
    }

    /// Forgets one, or all.
    pub fn clear(&self, account: Option<&str>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match account {
            Some(account) => {
                all.remove(account);
            }
            None => all.clear(),
        }
    }
}
