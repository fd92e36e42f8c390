//! A store in memory: one small lock per account.
//!
//! A table whose last record went is taken out of the map, so that only accounts with records count
//! towards [`MAX_ACCOUNTS`].

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::{Change, Kind, MAX_ACCOUNTS, Record, Store, StoreError};

/// Keeps everything in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    accounts: RwLock<HashMap<String, Arc<RwLock<Table>>>>,
    /// The last version that any account was given. Versions never repeat: were a new table to
    /// start at 0 again, a writer that read the old table could commit on the new one unnoticed.
    versions: AtomicU64,
}

#[derive(Debug, Default)]
struct Table {
    version: u64,
    records: BTreeMap<(Kind, String), Arc<Record>>,
    /// Taken out of the map while a writer waited for its lock: what is written here is lost.
    gone: bool,
}

impl MemoryStore {
    fn table(&self, account: &str) -> Option<Arc<RwLock<Table>>> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        accounts.get(account).cloned()
    }

    fn table_or_new(&self, account: &str) -> Result<Arc<RwLock<Table>>, StoreError> {
        if let Some(table) = self.table(account) {
            return Ok(table);
        }
        let mut accounts = self
            .accounts
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= MAX_ACCOUNTS && !accounts.contains_key(account) {
            return Err(StoreError::TooManyAccounts);
        }
        Ok(Arc::clone(accounts.entry(account.to_owned()).or_default()))
    }

    fn look<T>(&self, account: &str, look: impl FnOnce(&Table) -> T) -> Option<T> {
        let table = self.table(account)?;
        let table = table.read().unwrap_or_else(PoisonError::into_inner);
        Some(look(&table))
    }

    /// Puts a record back that was kept from an earlier run, before anybody else can write.
    pub(super) fn restore(&self, account: &str, id: String, record: Record) {
        let mut accounts = self
            .accounts
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let table = accounts.entry(account.to_owned()).or_default();
        let mut table = table.write().unwrap_or_else(PoisonError::into_inner);
        table.version = self.next_version();
        table.records.insert((record.kind(), id), Arc::new(record));
    }

    /// Commits through `keep`, which makes the changes durable before they can be seen.
    pub(super) fn commit_through(
        &self,
        account: &str,
        version: u64,
        changes: &[Change],
        keep: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let shared = self.table_or_new(account)?;
        let mut table = shared.write().unwrap_or_else(PoisonError::into_inner);
        let kept = if table.gone || table.version != version {
            Err(StoreError::Conflict)
        } else {
            keep()
        };
        if kept.is_ok() {
            table.version = self.next_version();
            table.apply(changes);
        }
        if table.records.is_empty() && !table.gone {
            table.gone = true;
            // The map's lock is never held while somebody waits for a table's, so this order of
            // the two cannot end in each waiting for the other.
            let mut accounts = self
                .accounts
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            accounts.remove(account);
        }
        kept
    }

    fn next_version(&self) -> u64 {
        self.versions.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Table {
    fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Put { id, record } => {
                    let key = (record.kind(), id.clone());
                    self.records.insert(key, Arc::clone(record));
                }
                Change::Delete { kind, id } => {
                    self.records.remove(&(*kind, id.clone()));
                }
            }
        }
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&String, &Arc<Record>)> {
        self.records
            .range((kind, String::new())..)
            .take_while(move |((k, _), _)| *k == kind)
            .map(|((_, id), record)| (id, record))
    }
}

impl Store for MemoryStore {
    fn get(&self, account: &str, kind: Kind, id: &str) -> Option<Arc<Record>> {
        self.look(account, |t| t.records.get(&(kind, id.to_owned())).cloned())
            .flatten()
    }

    fn list(&self, account: &str, kind: Kind) -> Vec<(String, Arc<Record>)> {
        self.look(account, |t| {
            t.of_kind(kind)
                .map(|(id, record)| (id.clone(), Arc::clone(record)))
                .collect()
        })
        .unwrap_or_default()
    }

    fn count(&self, account: &str, kind: Kind) -> usize {
        self.look(account, |t| t.of_kind(kind).count())
            .unwrap_or_default()
    }

    fn accounts(&self) -> Vec<String> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        accounts.keys().cloned().collect()
    }

    fn version(&self, account: &str) -> u64 {
        self.look(account, |t| t.version).unwrap_or_default()
    }

    fn commit(&self, account: &str, version: u64, changes: &[Change]) -> Result<(), StoreError> {
        self.commit_through(account, version, changes, || Ok(()))
    }
}
