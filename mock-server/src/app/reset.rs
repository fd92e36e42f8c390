//! Forgets what accounts made and did.

use super::App;
use crate::state::store::StoreError;

/// What a reset threw away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Profiles, keys, users, sessions and idempotency tokens.
    pub records: usize,
    /// Journal entries.
    pub entries: usize,
}

impl App {
    /// Forgets what one account made and did, or all accounts; another account's world is never
    /// touched. Without an account the clock shows wall time again, too. Settings, declared
    /// credentials and the numbers of the metrics stay.
    ///
    /// Fails if the file behind `--state` does not take it; what comes after that account stays then.
    ///
    /// Every part that keeps something for accounts has its line here.
    pub fn reset(&self, account: Option<&str>) -> Result<Forgotten, StoreError> {
        let records = match account {
            Some(account) => self.accounts.clear(account)?,
            None => {
                let known = self.accounts.known();
                let cleared = known.iter().map(|account| self.accounts.clear(account));
                cleared.sum::<Result<usize, StoreError>>()?
            }
        };
        if account.is_none() {
            self.clock.reset();
        }
        self.issued_accounts.clear(account);
        self.scenarios.reset(account);
        self.faults.reset(account);
        match account {
            Some(account) => self.prompt_caches.forget(account),
            None => self.prompt_caches.forget_all(),
        }
        Ok(Forgotten {
            records,
            entries: self.journal.clear(account),
        })
    }
}
