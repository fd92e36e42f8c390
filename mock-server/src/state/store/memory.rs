//! A store in memory: one small lock per account.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use super::{Change, Kind, Record, Store, StoreError};

/// Keeps everything in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    accounts: RwLock<HashMap<String, Arc<RwLock<Table>>>>,
}

#[derive(Debug, Default)]
struct Table {
    version: u64,
    records: BTreeMap<(Kind, String), Arc<Record>>,
}

impl MemoryStore {
    fn table(&self, account: &str) -> Option<Arc<RwLock<Table>>> {
        self.accounts
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(account)
            .cloned()
    }

    fn table_or_new(&self, account: &str) -> Arc<RwLock<Table>> {
        if let Some(table) = self.table(account) {
            return table;
        }
        let mut accounts = self
            .accounts
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(accounts.entry(account.to_owned()).or_default())
    }

    fn look<T>(&self, account: &str, look: impl FnOnce(&Table) -> T) -> Option<T> {
        let table = self.table(account)?;
        let table = table.read().unwrap_or_else(PoisonError::into_inner);
        Some(look(&table))
    }

    /// Commits through `keep`, which makes the changes durable before they can be seen.
    pub(super) fn commit_through(
        &self,
        account: &str,
        version: u64,
        changes: &[Change],
        keep: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let table = self.table_or_new(account);
        let mut table = table.write().unwrap_or_else(PoisonError::into_inner);
        if table.version != version {
            return Err(StoreError::Conflict);
        }
        keep()?;
        table.version += 1;
        for change in changes {
            match change {
                Change::Put { id, record } => {
                    table
                        .records
                        .insert((record.kind(), id.clone()), Arc::clone(record));
                }
                Change::Delete { kind, id } => {
                    table.records.remove(&(*kind, id.clone()));
                }
            }
        }
        Ok(())
    }
}

impl Store for MemoryStore {
    fn get(&self, account: &str, kind: Kind, id: &str) -> Option<Arc<Record>> {
        self.look(account, |t| t.records.get(&(kind, id.to_owned())).cloned())
            .flatten()
    }

    fn list(&self, account: &str, kind: Kind) -> Vec<(String, Arc<Record>)> {
        self.look(account, |t| {
            t.records
                .range((kind, String::new())..)
                .take_while(|((k, _), _)| *k == kind)
                .map(|((_, id), record)| (id.clone(), Arc::clone(record)))
                .collect()
        })
        .unwrap_or_default()
    }

    fn count(&self, account: &str, kind: Kind) -> usize {
        self.look(account, |t| {
            t.records
                .range((kind, String::new())..)
                .take_while(|((k, _), _)| *k == kind)
                .count()
        })
        .unwrap_or_default()
    }

    fn version(&self, account: &str) -> u64 {
        self.look(account, |t| t.version).unwrap_or_default()
    }

    fn commit(&self, account: &str, version: u64, changes: &[Change]) -> Result<(), StoreError> {
        self.commit_through(account, version, changes, || Ok(()))
    }
}
