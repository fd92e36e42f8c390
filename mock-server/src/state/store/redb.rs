//! A store in a file: what was acknowledged survives a crash, `kill -9` and a power cut.
//!
//! The file is a redb database, format 1:
//!
//! | table | key | value |
//! |---|---|---|
//! | `about` | `"format"` | version of this format, a 64-bit number |
//! | `records` | account, kind, id | the [`Record`] as JSON |
//!
//! Everything is read into memory at start, so reading costs what it costs without a file. A commit
//! is one transaction on the disk, synced before anybody can see its changes. It blocks its thread
//! for that long, a few milliseconds, which the few operations that change something can bear. The
//! file holds secrets of API keys, so only its owner can read it.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{
    Database, DatabaseError, Durability, ReadableDatabase as _, ReadableTable as _, StorageError,
    TableDefinition, backends::FileBackend,
};

use super::{Change, Kind, MemoryStore, Record, Store, StoreError};
use crate::diagnostics::StartError;

/// The format that this version reads and writes.
const FORMAT: u64 = 1;
const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("about");
const RECORDS: TableDefinition<'_, (&str, &str, &str), &[u8]> = TableDefinition::new("records");
/// All records are in memory anyway.
const CACHE_BYTES: usize = 1024 * 1024;

/// Keeps everything in a file.
pub struct RedbStore {
    memory: MemoryStore,
    database: Database,
    path: PathBuf,
}

impl RedbStore {
    /// Opens the file, or makes it. Fails if another process has it open, if it is damaged or no
    /// state file, or if a newer version wrote it.
    pub fn open(path: &Path) -> Result<Self, StartError> {
        let wrong = |why: &str| StartError(format!("--state {}: {why}", path.display()));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(|e| {
                wrong(&format!(
                    "{e}; name a file in a directory that can be written"
                ))
            })?;
        let database = FileBackend::new(file)
            .and_then(|backend| {
                Database::builder()
                    .set_cache_size(CACHE_BYTES)
                    .create_with_backend(backend)
            })
            .map_err(|e| wrong(&explain(&e)))?;
        let format = format_of(&database).map_err(|e| wrong(&damaged(&e)))?;
        if format > FORMAT {
            return Err(wrong(&format!(
                "a newer bedrock-mock wrote it (format {format}, this one knows {FORMAT}); use that version, or another file"
            )));
        }
        let memory = MemoryStore::default();
        load(&database, &memory).map_err(|e| wrong(&damaged(&e)))?;
        let path = path.to_owned();
        Ok(Self {
            memory,
            database,
            path,
        })
    }

    fn keep(&self, account: &str, changes: &[Change]) -> Result<(), redb::Error> {
        let mut transaction = self.database.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        {
            let mut records = transaction.open_table(RECORDS)?;
            for change in changes {
                match change {
                    Change::Put { id, record } => {
                        let json = serde_json::to_vec(&**record)
                            .map_err(|e| redb::Error::Io(std::io::Error::other(e)))?;
                        let kind = record.kind().name();
                        records.insert((account, kind, id.as_str()), json.as_slice())?;
                    }
                    Change::Delete { kind, id } => {
                        records.remove((account, kind.name(), id.as_str()))?;
                    }
                }
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

impl Store for RedbStore {
    fn get(&self, account: &str, kind: Kind, id: &str) -> Option<Arc<Record>> {
        self.memory.get(account, kind, id)
    }

    fn list(&self, account: &str, kind: Kind) -> Vec<(String, Arc<Record>)> {
        self.memory.list(account, kind)
    }

    fn count(&self, account: &str, kind: Kind) -> usize {
        self.memory.count(account, kind)
    }

    fn accounts(&self) -> Vec<String> {
        self.memory.accounts()
    }

    fn version(&self, account: &str) -> u64 {
        self.memory.version(account)
    }

    fn commit(&self, account: &str, version: u64, changes: &[Change]) -> Result<(), StoreError> {
        self.memory.commit_through(account, version, changes, || {
            self.keep(account, changes)
                .map_err(|e| StoreError::Failed(format!("{}: {e}", self.path.display())))
        })
    }
}

/// The format of an open file; a new one gets the current format.
fn format_of(database: &Database) -> Result<u64, redb::Error> {
    let transaction = database.begin_write()?;
    let found = {
        let mut about = transaction.open_table(ABOUT)?;
        let found = about.get("format")?.map(|format| format.value());
        if found.is_none() {
            about.insert("format", FORMAT)?;
            transaction.open_table(RECORDS)?;
        }
        found
    };
    match found {
        Some(format) => {
            transaction.abort()?;
            Ok(format)
        }
        None => {
            transaction.commit()?;
            Ok(FORMAT)
        }
    }
}

fn load(database: &Database, memory: &MemoryStore) -> Result<(), redb::Error> {
    let records = database.begin_read()?.open_table(RECORDS)?;
    for entry in records.iter()? {
        let (key, value) = entry?;
        let (account, kind, id) = key.value();
        let record = serde_json::from_slice(value.value())
            .map_err(|e| redb::Error::Corrupted(format!("{kind} {id} of {account}: {e}")))?;
        memory.restore(account, id.to_owned(), record);
    }
    Ok(())
}

fn explain(error: &DatabaseError) -> String {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => {
            "another process has it open; stop that one, or give each its own file".into()
        }
        DatabaseError::UpgradeRequired(version) => {
            format!("its database format {version} is too old; use another file")
        }
        DatabaseError::Storage(StorageError::Io(e))
            if e.kind() != std::io::ErrorKind::InvalidData =>
        {
            format!("{e}; name a file that can be read and written")
        }
        other => damaged(other),
    }
}

fn damaged(why: &dyn std::fmt::Display) -> String {
    format!(
        "it is damaged or no state file ({why}); move it away, and the next start makes a new one"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(path: &Path) -> String {
        RedbStore::open(path)
            .err()
            .expect("opening must fail")
            .to_string()
    }

    #[test]
    fn records_are_there_again() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("state");
        let put = |id: &str| Change::Put {
            id: id.into(),
            record: Arc::new(Record::Removed),
        };
        let store = RedbStore::open(&path).expect("a new file");
        store
            .commit("111111111111", 0, &[put("a"), put("b")])
            .expect("the first commit");
        let delete = Change::Delete {
            kind: Kind::Removed,
            id: "a".into(),
        };
        let version = store.version("111111111111");
        store
            .commit("111111111111", version, &[delete])
            .expect("the second commit");
        drop(store);

        let store = RedbStore::open(&path).expect("the same file");
        let ids: Vec<String> = store
            .list("111111111111", Kind::Removed)
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(ids, ["b"]);
        assert_eq!(store.count("222222222222", Kind::Removed), 0);
    }

    #[test]
    fn what_cannot_be_opened_is_said_with_path_and_fix() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("state");

        let open = RedbStore::open(&path).expect("a new file");
        assert!(message(&path).contains("another process has it open"));
        assert!(message(&path).starts_with(&format!("--state {}: ", path.display())));
        let transaction = open.database.begin_write().expect("a transaction");
        transaction
            .open_table(ABOUT)
            .expect("the table")
            .insert("format", 2)
            .expect("a newer format");
        transaction.commit().expect("a commit");
        drop(open);
        assert!(message(&path).contains("a newer bedrock-mock wrote it (format 2"));

        let text = dir.path().join("text");
        std::fs::write(&text, "not a database, but longer than a header".repeat(20))
            .expect("a text file");
        assert!(message(&text).contains("no state file"));
        assert!(message(dir.path()).contains("name a file"));
        assert!(message(&dir.path().join("none/state")).contains("name a file"));
    }

    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("state");
        let _store = RedbStore::open(&path).expect("a new file");
        let mode = std::fs::metadata(&path).expect("the file").permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
}
