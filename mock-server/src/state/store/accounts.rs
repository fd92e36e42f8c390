//! Transactions over a store, and the bounds on what an account may keep.

use std::sync::Arc;

use super::{Change, Kind, Record, Store, StoreError};

/// Most records of a kind that an account may keep.
#[derive(Debug, Clone, Copy)]
pub struct Quota;

impl Quota {
    /// The bound for a kind; profiles as the service's quota ("Inference profiles per account",
    /// 1000), the rest chosen so that no client can fill the memory.
    pub fn of(kind: Kind) -> usize {
        match kind {
            Kind::Profile => 1_000,
            Kind::User => 5_000,
            Kind::ApiKey | Kind::Alias => 10_000,
            Kind::Session => 10_000,
            Kind::Token => 10_000,
            // As many as layers declare; nobody asks.
            Kind::Removed => usize::MAX,
        }
    }
}

/// Accounts, each a world of its own.
#[derive(Clone)]
pub struct Accounts {
    store: Arc<dyn Store>,
}

/// An account as a transaction sees it.
pub struct View<'a> {
    store: &'a dyn Store,
    account: &'a str,
}

impl Accounts {
    /// Accounts kept by a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Accounts that have records.
    pub fn known(&self) -> Vec<String> {
        self.store.accounts()
    }

    /// Removes all records of an account; returns how many there were.
    pub fn clear(&self, account: &str) -> Result<usize, StoreError> {
        self.transact(account, |view| {
            let of_kind = |kind: &Kind| {
                let kind = *kind;
                let ids = view.list(kind).into_iter().map(|(id, _)| id);
                ids.map(move |id| Change::Delete { kind, id })
            };
            let changes: Vec<Change> = Kind::ALL.iter().flat_map(of_kind).collect();
            Ok((changes.len(), changes))
        })
    }

    /// An account for reading.
    pub fn view<'a>(&'a self, account: &'a str) -> View<'a> {
        View {
            store: &*self.store,
            account,
        }
    }

    /// Looks, decides and changes as one step. `decide` may run again if another writer was faster,
    /// so it must have no effect but its return value.
    pub fn transact<T, E: From<StoreError>>(
        &self,
        account: &str,
        mut decide: impl FnMut(&View<'_>) -> Result<(T, Vec<Change>), E>,
    ) -> Result<T, E> {
        loop {
            let version = self.store.version(account);
            let (value, changes) = decide(&self.view(account))?;
            if changes.is_empty() {
                return Ok(value);
            }
            match self.store.commit(account, version, &changes) {
                Ok(()) => return Ok(value),
                Err(StoreError::Conflict) => {}
                Err(failed) => return Err(failed.into()),
            }
        }
    }
}

impl View<'_> {
    /// One record.
    pub fn get(&self, kind: Kind, id: &str) -> Option<Arc<Record>> {
        self.store.get(self.account, kind, id)
    }

    /// All records of a kind, by id in ascending order.
    pub fn list(&self, kind: Kind) -> Vec<(String, Arc<Record>)> {
        self.store.list(self.account, kind)
    }

    /// Number of records of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.store.count(self.account, kind)
    }

    /// Whether one more record of a kind is allowed.
    pub fn has_room(&self, kind: Kind) -> bool {
        self.count(kind) < Quota::of(kind)
    }
}
