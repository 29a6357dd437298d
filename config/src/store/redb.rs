//! Revisions in one file.

use std::fs::File;
use std::io::ErrorKind;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::{Database, DatabaseError, ReadableDatabase, ReadableTable, StorageError, TableDefinition};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::redb_file;
use crate::store::{AppendError, Cause, Held, Revision, Store, StoreError, Stored};

/// `format` and `newest`.
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("consort.config.meta");
/// Path to [`Held`], as JSON.
const VALUES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("consort.config.values");
/// Path to [`Held`], as JSON, of the defaults that are kept.
const DEFAULTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("consort.config.defaults");
/// Number to [`Revision`], as JSON.
const REVISIONS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("consort.config.revisions");

/// The format of the tables. A store of another one is not touched.
const FORMAT: u64 = 1;

/// Bytes of pages kept in memory; redb's own default of 1 GiB is for databases. The whole store is read at each load,
/// so more would help little.
const CACHE_BYTES: usize = 1 << 20;

/// Keeps revisions in a file: a [redb](https://docs.rs/redb) database.
///
/// A revision that was accepted is on disk (`fsync`) and survives the end of the process at any moment; one that was
/// being written then is there wholly or not at all. One process at a time may have the file open. Secrets stand in it
/// as they are: where the system knows owners, a new file can be read by its owner only.
pub struct RedbStore {
    database: Database,
    path: PathBuf,
}

impl RedbStore {
    /// Opens a file, or makes a new one. Blocks; after a crash it also repairs.
    ///
    /// # Errors
    ///
    /// If it is in use, is something else, is damaged, or cannot be opened. A file of somebody else is not changed.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        if !path.try_exists()? {
            redb_file::make(&path, |file, path| Self::of(file, path.to_owned()).map(drop))?;
        }
        Self::of(redb_file::open(&path)?, path)
    }

    fn of(file: File, path: PathBuf) -> Result<Self, StoreError> {
        guarded(&path, || {
            let opened = redb::Builder::new().set_cache_size(CACHE_BYTES).create_file(file);
            let mut database = opened.map_err(|error| not_opened(&path, error))?;
            // redb compares checksums only when it repairs. The whole file is read at the first load anyway.
            let whole = database.check_integrity().map_err(|error| not_opened(&path, error))?;
            let store = Self { database, path: path.clone() };
            store.prepare()?;
            let reason = "it was repaired, and the newest revision may be lost; open it again to go on".to_owned();
            if whole { Ok(store) } else { Err(StoreError::Corrupt { path: path.clone(), reason }) }
        })
    }

    /// Makes the tables of a new file; refuses a file of somebody else.
    fn prepare(&self) -> Result<(), StoreError> {
        let transaction = self.database.begin_write().map_err(|error| self.wrong(error))?;
        let tables = transaction.list_tables().map_err(|error| self.wrong(error))?.count();
        let foreign = |reason: String| StoreError::Foreign { path: self.path.clone(), reason };
        {
            let mut meta = transaction.open_table(META).map_err(|error| self.wrong(error))?;
            let format = meta.get("format").map_err(|error| self.wrong(error))?.map(|format| format.value());
            match format {
                Some(FORMAT) => return Ok(()),
                Some(other) => return Err(foreign(format!("its format is {other}, this version reads {FORMAT}"))),
                None if tables > 0 => return Err(foreign("it is a redb database with other tables".to_owned())),
                None => drop(meta.insert("format", FORMAT).map_err(|error| self.wrong(error))?),
            }
            meta.insert("newest", 0).map_err(|error| self.wrong(error))?;
            transaction.open_table(VALUES).map_err(|error| self.wrong(error))?;
            transaction.open_table(DEFAULTS).map_err(|error| self.wrong(error))?;
            transaction.open_table(REVISIONS).map_err(|error| self.wrong(error))?;
        }
        transaction.commit().map_err(|error| self.wrong(error))
    }

    /// Reads everything, and compares the parts with each other.
    fn read(&self) -> Result<Stored, redb::Error> {
        let transaction = self.database.begin_read()?;
        let mut stored = Stored::default();
        let newest = transaction.open_table(META)?.get("newest")?;
        stored.newest = newest.ok_or_else(|| contradiction("the newest revision is not known"))?.value();
        for (table, values) in [(VALUES, &mut stored.values), (DEFAULTS, &mut stored.defaults)] {
            for entry in transaction.open_table(table)?.iter()? {
                let (path, held) = entry?;
                let known = path.value().parse().map_err(|_| contradiction("a value has no path"))?;
                values.insert(known, decode::<Held>(held.value(), "a value")?);
            }
        }
        for entry in transaction.open_table(REVISIONS)?.iter()? {
            let (number, revision) = entry?;
            let revision: Revision = decode(revision.value(), "a revision")?;
            let next = stored.revisions.last().is_none_or(|last| last.number.checked_add(1) == Some(revision.number));
            if !next || number.value() != revision.number {
                return Err(contradiction("revisions are missing"));
            }
            stored.revisions.push(revision);
        }
        match stored.revisions.last().map_or(0, |last| last.number) == stored.newest {
            true => Ok(stored),
            false => Err(contradiction("the newest revision is missing")),
        }
    }

    /// Writes in one transaction; `Some` if the revision does not follow that one.
    fn write(&self, revision: &Revision, keep: NonZeroUsize) -> Result<Option<u64>, redb::Error> {
        let transaction = self.database.begin_write()?;
        {
            let mut meta = transaction.open_table(META)?;
            let newest = meta.get("newest")?.map(|newest| newest.value());
            let newest = newest.ok_or_else(|| contradiction("the newest revision is not known"))?;
            if newest.checked_add(1) != Some(revision.number) {
                return Ok(Some(newest));
            }
            meta.insert("newest", revision.number)?;
            let mut values = transaction.open_table(match revision.cause {
                Cause::Edit | Cause::RollBack { .. } => VALUES,
                Cause::Defaults => DEFAULTS,
            })?;
            for (path, held) in revision.values() {
                let path = path.to_string();
                match held {
                    Some(held) => drop(values.insert(path.as_str(), encode(&held)?.as_slice())?),
                    None => drop(values.remove(path.as_str())?),
                }
            }
            let mut revisions = transaction.open_table(REVISIONS)?;
            revisions.insert(revision.number, encode(revision)?.as_slice())?;
            let forgotten = revision.number.saturating_sub(u64::try_from(keep.get()).unwrap_or(u64::MAX));
            revisions.retain(|number, _| number > forgotten)?;
        }
        transaction.commit()?;
        Ok(None)
    }

    fn wrong(&self, error: impl Into<redb::Error>) -> StoreError {
        let error = error.into();
        match error {
            redb::Error::Corrupted(reason) => StoreError::Corrupt { path: self.path.clone(), reason },
            redb::Error::TableTypeMismatch { .. } | redb::Error::TableDoesNotExist(_) => {
                StoreError::Corrupt { path: self.path.clone(), reason: error.to_string() }
            }
            other => failed(other.into()),
        }
    }
}

impl Store for RedbStore {
    fn load(&self) -> Result<Stored, StoreError> {
        guarded(&self.path, || self.read().map_err(|error| self.wrong(error)))
    }

    fn append(&self, revision: &Revision, keep: NonZeroUsize) -> Result<(), AppendError> {
        match guarded(&self.path, || self.write(revision, keep).map_err(|error| self.wrong(error)))? {
            None => Ok(()),
            Some(newest) => Err(AppendError::NotNext { newest }),
        }
    }
}

impl std::fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedbStore").field("path", &self.path).finish_non_exhaustive()
    }
}

/// redb trusts what it reads, and panics where a damaged file contradicts itself.
fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    // Nothing is left half done: what was not committed is gone when the file is opened again.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(StoreError::Corrupt { path: path.to_owned(), reason: "its parts contradict each other".to_owned() })
    })
}

fn encode(value: &impl Serialize) -> Result<Vec<u8>, redb::Error> {
    serde_json::to_vec(value).map_err(|error| redb::Error::Io(error.into()))
}

fn decode<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, redb::Error> {
    // Without serde's reason: it may quote a secret.
    serde_json::from_slice(bytes).map_err(|_| contradiction(&format!("{what} cannot be read")))
}

fn contradiction(reason: &str) -> redb::Error {
    redb::Error::Corrupted(reason.to_owned())
}

fn failed(source: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Failed { reason: source.to_string(), source: Some(source) }
}

fn not_opened(path: &Path, error: DatabaseError) -> StoreError {
    let path = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => StoreError::InUse { path },
        DatabaseError::UpgradeRequired(version) => {
            StoreError::Foreign { path, reason: format!("it is a redb database of file format {version}") }
        }
        DatabaseError::Storage(StorageError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
            StoreError::Foreign { path, reason: error.to_string() }
        }
        DatabaseError::Storage(StorageError::Corrupted(reason)) => StoreError::Corrupt { path, reason },
        DatabaseError::RepairAborted => StoreError::Corrupt { path, reason: "it could not be repaired".to_owned() },
        other => failed(other.into()),
    }
}
