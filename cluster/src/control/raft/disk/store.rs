//! The database of one voter: [`Disk`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use consort_protocol::cluster::NodeId;
use redb::backends::InMemoryBackend;
use redb::{
    Database, DatabaseError, Durability, ReadTransaction, ReadableDatabase, ReadableTable, StorageBackend,
    StorageError, TableDefinition, WriteTransaction,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{OpenError, decode, encode};

/// What there is one of, by name.
const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("consort.control.meta");
/// Index to entry.
const LOG: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("consort.control.log");

/// The format of the tables. A file of another one is not touched.
const FORMAT: u64 = 1;

/// The name of the file in the data directory.
const FILE: &str = "control.redb";

/// Bytes of pages kept in memory: the newest entries of the log, which followers ask for. The state itself is in
/// memory; redb's own default of 1 GiB is for databases.
const CACHE_BYTES: usize = 8 << 20;

/// Whose data it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::control::raft) struct Owner {
    pub cluster: String,
    pub node: NodeId,
}

/// A database in a file, or in memory. Cheap to clone.
#[derive(Clone)]
pub(in crate::control::raft) struct Disk {
    database: Arc<Database>,
    /// Whether writing waits for a device: not to be done on a task's thread.
    waits: bool,
}

/// What went wrong on a disk that was open.
pub(super) type DiskError = Box<redb::Error>;

impl Disk {
    /// In memory: forgotten with the process.
    pub(in crate::control::raft) fn volatile(owner: &Owner) -> Result<Self, OpenError> {
        Self::over(InMemoryBackend::new(), owner)
    }

    /// On whatever is given.
    pub(in crate::control::raft) fn over(backend: impl StorageBackend, owner: &Owner) -> Result<Self, OpenError> {
        let path = Path::new("(memory)");
        let opened = redb::Builder::new().set_cache_size(CACHE_BYTES).create_with_backend(backend);
        let database = Arc::new(opened.map_err(|error| not_opened(path, error))?);
        let disk = Self { database, waits: false };
        disk.prepare(path, owner)?;
        Ok(disk)
    }

    /// In a file of this folder, which is made if there is none. Blocks; after a crash it also repairs.
    pub(in crate::control::raft) fn in_folder(folder: &Path, owner: &Owner) -> Result<Self, OpenError> {
        let path = folder.join(FILE);
        let io = |error: std::io::Error| OpenError::Io { path: path.clone(), reason: error.to_string() };
        std::fs::create_dir_all(folder).map_err(io)?;
        if !path.try_exists().map_err(io)? {
            consort_file::make(&path, |unfinished| Self::open(unfinished, owner).map(drop).map_err(Unmade::Open))
                .map_err(|unmade| unmade.at(&path))?;
        }
        Self::open(&path, owner)
    }

    fn open(path: &Path, owner: &Owner) -> Result<Self, OpenError> {
        let file = consort_file::open(path).map_err(|error| not_opened(path, DatabaseError::Storage(error.into())))?;
        // redb trusts what it reads, and panics where a damaged file contradicts itself. Nothing is left half done:
        // what was not committed is gone when the file is opened again.
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let opened = redb::Builder::new().set_cache_size(CACHE_BYTES).create_file(file);
            let mut database = opened.map_err(|error| not_opened(path, error))?;
            // redb compares checksums only when it repairs. A vote that was lost may cost what all agreed on, so the
            // whole file is looked at; it is small.
            let whole = database.check_integrity().map_err(|error| not_opened(path, error))?;
            let disk = Self { database: Arc::new(database), waits: true };
            disk.prepare(path, owner)?;
            match whole {
                true => Ok(disk),
                false => Err(damaged(path, "what it holds does not match its checksums")),
            }
        }));
        opened.unwrap_or_else(|_| Err(damaged(path, "its parts contradict each other")))
    }

    /// Makes the tables of a new file; refuses one of somebody else.
    fn prepare(&self, path: &Path, owner: &Owner) -> Result<(), OpenError> {
        let failed = |error: DiskError| match *error {
            redb::Error::Corrupted(reason) => damaged(path, &reason),
            other => OpenError::Io { path: path.to_owned(), reason: other.to_string() },
        };
        let tables = self.look(|read| Ok(read.list_tables()?.count())).map_err(failed)?;
        let foreign = |reason: &str| OpenError::Foreign { path: path.to_owned(), reason: reason.to_owned() };
        if tables == 0 {
            return self
                .change_now(|write| {
                    write.open_table(LOG)?;
                    let mut meta = write.open_table(META)?;
                    meta.insert("format", encode(&FORMAT).as_slice())?;
                    meta.insert("cluster", encode(&owner.cluster).as_slice())?;
                    meta.insert("node", encode(&owner.node.number()).as_slice())?;
                    Ok(())
                })
                .map_err(failed);
        }
        let format: Option<u64> = self.meta("format").map_err(|_| foreign("it is a database of something else"))?;
        match format {
            Some(FORMAT) => {}
            Some(other) => return Err(foreign(&format!("its format is {other}, this version reads {FORMAT}"))),
            None => return Err(foreign("it is a database of something else")),
        }
        let found: Option<String> = self.meta("cluster").map_err(failed)?;
        let found = found.ok_or_else(|| damaged(path, "it does not say of which cluster it is"))?;
        if found != owner.cluster {
            return Err(OpenError::OtherCluster { path: path.to_owned(), found, wanted: owner.cluster.clone() });
        }
        let found: Option<u64> = self.meta("node").map_err(failed)?;
        let found = found.and_then(NodeId::new).ok_or_else(|| damaged(path, "it does not say of which node it is"))?;
        match found == owner.node {
            true => Ok(()),
            false => Err(OpenError::OtherNode { path: path.to_owned(), found, wanted: owner.node }),
        }
    }

    /// What there is one of; `None` if it was never written.
    pub(super) fn meta<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, DiskError> {
        self.look(|read| {
            let table = read.open_table(META)?;
            let Some(bytes) = table.get(name)? else { return Ok(None) };
            decode(bytes.value()).map(Some).ok_or_else(|| unreadable(name))
        })
    }

    /// Writes what there is one of. Returns once it is on disk.
    pub(super) async fn set_meta<T: Serialize>(&self, name: &'static str, value: &T) -> Result<(), DiskError> {
        let bytes = encode(value);
        self.change(move |write| {
            write.open_table(META)?.insert(name, bytes.as_slice())?;
            Ok(())
        })
        .await
    }

    /// Writes what may be lost in a crash: it reaches the disk with the next change.
    pub(super) fn note<T: Serialize>(&self, name: &str, value: &T) -> Result<(), DiskError> {
        let write = self.begin(Durability::None)?;
        let noted = write.open_table(META).map_err(redb::Error::from)?.insert(name, encode(value).as_slice()).map(drop);
        noted.map_err(redb::Error::from)?;
        write.commit().map_err(|error| Box::new(error.into()))
    }

    /// The snapshot: what is known of it, and its bytes.
    pub(super) fn snapshot<M: DeserializeOwned>(&self) -> Result<Option<(M, Vec<u8>)>, DiskError> {
        self.look(|read| {
            let table = read.open_table(META)?;
            let (Some(meta), Some(image)) = (table.get("snapshot")?, table.get("snapshot.image")?) else {
                return Ok(None);
            };
            let meta = decode(meta.value()).ok_or_else(|| unreadable("the snapshot"))?;
            Ok(Some((meta, image.value().to_vec())))
        })
    }

    /// Replaces the snapshot unless the one there is `newer`: one that was sent by the leader may have overtaken one
    /// that was being made here, and the log before it is gone. Returns once it is on disk.
    pub(super) async fn keep_snapshot<M: Serialize + DeserializeOwned + Send + 'static>(
        &self,
        meta: M,
        image: Vec<u8>,
        newer: fn(&M, &M) -> bool,
    ) -> Result<(), DiskError> {
        self.change(move |write| {
            let mut table = write.open_table(META)?;
            let kept: Option<M> = table.get("snapshot")?.and_then(|kept| decode(kept.value()));
            if kept.is_none_or(|kept| !newer(&kept, &meta)) {
                table.insert("snapshot", encode(&meta).as_slice())?;
                table.insert("snapshot.image", image.as_slice())?;
            }
            Ok(())
        })
        .await
    }

    /// The entries of a part of the log, in order.
    pub(super) fn entries<T: DeserializeOwned>(
        &self,
        part: impl std::ops::RangeBounds<u64>,
    ) -> Result<Vec<T>, DiskError> {
        self.look(|read| {
            let table = read.open_table(LOG)?;
            let entry = |entry: Result<(redb::AccessGuard<'_, u64>, redb::AccessGuard<'_, &[u8]>), StorageError>| {
                decode(entry?.1.value()).ok_or_else(|| unreadable("an entry of the log"))
            };
            table.range(part)?.map(entry).collect()
        })
    }

    /// The newest entry of the log.
    pub(super) fn last<T: DeserializeOwned>(&self) -> Result<Option<T>, DiskError> {
        self.look(|read| {
            let table = read.open_table(LOG)?;
            let Some((_, bytes)) = table.last()? else { return Ok(None) };
            decode(bytes.value()).map(Some).ok_or_else(|| unreadable("the last entry of the log"))
        })
    }

    /// Adds entries. Returns once they are on disk.
    pub(super) async fn append(&self, entries: Vec<(u64, Vec<u8>)>) -> Result<(), DiskError> {
        self.change(move |write| {
            let mut table = write.open_table(LOG)?;
            for (index, bytes) in &entries {
                table.insert(index, bytes.as_slice())?;
            }
            Ok(())
        })
        .await
    }

    /// Removes a part of the log and, in the same step, writes something there is one of.
    pub(super) async fn remove<T: Serialize>(
        &self,
        part: impl std::ops::RangeBounds<u64> + Send + 'static,
        note: Option<(&'static str, T)>,
    ) -> Result<(), DiskError> {
        let note = note.map(|(name, value)| (name, encode(&value)));
        self.change(move |write| {
            if let Some((name, bytes)) = &note {
                write.open_table(META)?.insert(name, bytes.as_slice())?;
            }
            write.open_table(LOG)?.retain_in(part, |_, _| false)?;
            Ok(())
        })
        .await
    }

    fn look<T>(&self, look: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>) -> Result<T, DiskError> {
        let read = self.database.begin_read().map_err(redb::Error::from)?;
        Ok(look(&read)?)
    }

    async fn change(
        &self,
        change: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error> + Send + 'static,
    ) -> Result<(), DiskError> {
        if !self.waits {
            return self.change_now(change);
        }
        let disk = self.clone();
        let changed = tokio::task::spawn_blocking(move || disk.change_now(change)).await;
        changed.unwrap_or_else(|_| Err(Box::new(redb::Error::Corrupted("its parts contradict each other".to_owned()))))
    }

    fn change_now(&self, change: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>) -> Result<(), DiskError> {
        let write = self.begin(Durability::Immediate)?;
        change(&write)?;
        write.commit().map_err(|error| Box::new(error.into()))
    }

    fn begin(&self, durability: Durability) -> Result<WriteTransaction, DiskError> {
        let mut write = self.database.begin_write().map_err(redb::Error::from)?;
        write.set_durability(durability).map_err(redb::Error::from)?;
        Ok(write)
    }
}

/// Why a new file was not made.
enum Unmade {
    Open(OpenError),
    Io(std::io::Error),
}

impl From<std::io::Error> for Unmade {
    fn from(error: std::io::Error) -> Self {
        Unmade::Io(error)
    }
}

impl Unmade {
    /// Names the file that was wanted, not the one that was to become it.
    fn at(self, wanted: &Path) -> OpenError {
        match self {
            Unmade::Open(OpenError::Io { reason, .. }) => OpenError::Io { path: wanted.to_owned(), reason },
            Unmade::Open(other) => other,
            Unmade::Io(error) => OpenError::Io { path: wanted.to_owned(), reason: error.to_string() },
        }
    }
}

fn unreadable(what: &str) -> redb::Error {
    redb::Error::Corrupted(format!("{what} cannot be read"))
}

fn damaged(path: &Path, reason: &str) -> OpenError {
    OpenError::Damaged { path: path.to_owned(), reason: reason.to_owned() }
}

fn not_opened(path: &Path, error: DatabaseError) -> OpenError {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    let path: PathBuf = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => OpenError::InUse { path },
        DatabaseError::UpgradeRequired(version) => {
            OpenError::Foreign { path, reason: format!("it is a redb database of file format {version}") }
        }
        DatabaseError::Storage(StorageError::Corrupted(reason)) => OpenError::Damaged { path, reason },
        DatabaseError::RepairAborted => OpenError::Damaged { path, reason: "it could not be repaired".to_owned() },
        DatabaseError::Storage(StorageError::Io(error)) => match error.kind() {
            InvalidData => OpenError::Foreign { path, reason: error.to_string() },
            UnexpectedEof => OpenError::Damaged { path, reason: "it is cut short".to_owned() },
            _ => OpenError::Io { path, reason: error.to_string() },
        },
        other => OpenError::Io { path, reason: other.to_string() },
    }
}
