//! A new account for the control API.

use std::collections::BTreeSet;

use super::App;

impl App {
    /// An account that nobody was given and that has neither records nor journal entries.
    pub fn unused_account(&self) -> String {
        let mut used: BTreeSet<String> = self.issued_accounts.all().into_iter().collect();
        used.extend(self.accounts.known());
        used.extend(self.journal.accounts().into_iter().map(|(a, _)| a));
        loop {
            // Without a zero in front, which spreadsheets and YAML files lose.
            let account = fastrand::u64(100_000_000_000..1_000_000_000_000).to_string();
            if !used.contains(&account) {
                return account;
            }
        }
    }
}
