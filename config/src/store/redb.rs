//! Revisions in one file.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use consort_file::{Fault, Layout, guarded};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::{AppendError, Cause, Held, Revision, Store, StoreError, Stored};

/// `format` and `newest`.
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("consort.config.meta");
/// Path to [`Held`], as JSON.
const VALUES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("consort.config.values");
/// Path to [`Held`], as JSON, of the defaults that are kept.
const DEFAULTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("consort.config.defaults");
/// Number to [`Revision`], as JSON.
const REVISIONS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("consort.config.revisions");

/// The whole store is read at each load, so more memory than 1 MiB would help little.
const LAYOUT: Layout = Layout { meta: META, format: 1, cache_bytes: 1 << 20, tables };

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
        let database = consort_file::database(&path, &LAYOUT).map_err(|fault| in_words(fault, &path))?;
        Ok(Self { database, path })
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

    fn guarded<T>(&self, work: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, StoreError> {
        guarded(|| Ok(work()?)).map_err(|fault| in_words(fault, &self.path))
    }
}

impl Store for RedbStore {
    fn load(&self) -> Result<Stored, StoreError> {
        self.guarded(|| self.read())
    }

    fn append(&self, revision: &Revision, keep: NonZeroUsize) -> Result<(), AppendError> {
        match self.guarded(|| self.write(revision, keep))? {
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

fn tables(transaction: &WriteTransaction) -> Result<(), redb::Error> {
    transaction.open_table(META)?.insert("newest", 0)?;
    transaction.open_table(VALUES)?;
    transaction.open_table(DEFAULTS)?;
    transaction.open_table(REVISIONS)?;
    Ok(())
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

fn in_words(fault: Fault, path: &Path) -> StoreError {
    let path = path.to_owned();
    match fault {
        Fault::InUse => StoreError::InUse { path },
        Fault::Foreign(reason) => StoreError::Foreign { path, reason },
        Fault::Corrupt(reason) => StoreError::Corrupt { path, reason },
        Fault::Failed(source) => StoreError::Failed { reason: source.to_string(), source: Some(source) },
    }
}
