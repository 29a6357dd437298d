//! [`RedbStateStore`].

use std::fmt;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use bytes::Bytes;
use consort_file::{Fault, Layout};
use redb::{TableDefinition, WriteTransaction};
use tokio::sync::{mpsc, oneshot};

use super::writer::{Change, Job, STATES, Writer, forget_epochs};
use crate::{Claimed, Fence, OpenError, Pending, StateError, StateKey, StateStore};

/// `format`.
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("consort.state.meta");

/// A state is read when its actor starts, and an actor that lives is not read: more memory than 8 MiB would help little.
const LAYOUT: Layout = Layout { meta: META, format: 1, cache_bytes: 8 << 20, tables };

/// Claims and saves that wait for the disk: as many as a mailbox has messages. Whoever comes then waits for room. More are
/// written in one commit, fewer hold less memory when the disk is slow.
const WAITING_MAX: usize = 1024;

/// Keeps states in a file: a [redb](https://docs.rs/redb) database.
///
/// What was claimed or saved is on disk (`fsync`) and survives the end of the process at any moment. What waits is written
/// in one transaction, so many actors that save at a time share the price of one. One process at a time may have the file
/// open: it is for a node alone, or for several nodes of one process. The nodes of a cluster need a store that all of
/// them reach. States stand in it as they are: where the system knows owners, a new file can be read by its owner only.
///
/// Dropping it waits for what it has begun to write.
pub struct RedbStateStore {
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
    path: PathBuf,
}

impl RedbStateStore {
    /// Opens a file, or makes a new one. Blocks: it reads the whole file to see whether it is damaged, and after a crash
    /// it also repairs.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("states.redb");
    /// let store = consort_state::RedbStateStore::open(&path)?;
    /// # Ok::<_, consort_state::OpenError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is in use, is something else, is damaged, or cannot be opened. A file of somebody else is not changed.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, OpenError> {
        let path = path.into();
        let database = consort_file::database(&path, &LAYOUT).map_err(|fault| not_opened(fault, &path))?;
        let (jobs, waiting) = mpsc::channel(WAITING_MAX);
        let writer = Writer { database, waiting };
        let thread = std::thread::Builder::new().name("consort-states".to_owned());
        let writer = thread.spawn(move || writer.run()).map_err(|error| not_opened(error.into(), &path))?;
        Ok(Self { jobs: Some(jobs), writer: Some(writer), path })
    }

    /// Lets every state be claimed under any epoch again, and blocks while it does. For a file whose cluster is gone, or
    /// begins to count anew because its control plane was kept in memory: its epochs are then lower than those that the
    /// file has seen. The file must not be open; so no node of this process, or of another, can have it.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); nothing is changed then.
    pub fn forget_epochs(path: impl Into<PathBuf>) -> Result<(), OpenError> {
        let path = path.into();
        let forgotten = || forget_epochs(&consort_file::database(&path, &LAYOUT)?);
        forgotten().map_err(|fault| not_opened(fault, &path))
    }

    async fn change(&self, key: StateKey<'_>, change: Change) -> Result<Claimed, StateError> {
        let (answer, answered) = oneshot::channel();
        let job = Job { service: key.service.into(), path: key.path.into(), change, answer };
        let sent = match &self.jobs {
            Some(jobs) => jobs.send(job).await.is_ok(),
            None => false,
        };
        let gone = || StateError::Unavailable { reason: "its thread has ended".to_owned(), source: None };
        if sent { answered.await.unwrap_or_else(|_| Err(gone())) } else { Err(gone()) }
    }
}

impl StateStore for RedbStateStore {
    fn claim<'a>(&'a self, key: StateKey<'a>, epoch: u64) -> Pending<'a, Result<Claimed, StateError>> {
        Box::pin(self.change(key, Change::Claim(epoch)))
    }

    fn save<'a>(&'a self, key: StateKey<'a>, fence: Fence, state: Bytes) -> Pending<'a, Result<(), StateError>> {
        Box::pin(async move { self.change(key, Change::Save(fence, state)).await.map(drop) })
    }
}

impl Drop for RedbStateStore {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(writer) = self.writer.take() {
            // it catches every panic; that it has ended is all that counts
            let _ = writer.join();
        }
    }
}

impl fmt::Debug for RedbStateStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbStateStore").field("path", &self.path).finish_non_exhaustive()
    }
}

fn tables(transaction: &WriteTransaction) -> Result<(), redb::Error> {
    transaction.open_table(STATES)?;
    Ok(())
}

fn not_opened(fault: Fault, path: &Path) -> OpenError {
    let path = path.to_owned();
    match fault {
        Fault::InUse => OpenError::InUse { path },
        Fault::Foreign(reason) => OpenError::Foreign { path, reason },
        Fault::Corrupt(reason) => OpenError::Corrupt { path, reason },
        Fault::Failed(source) => OpenError::Failed { path, reason: source.to_string() },
    }
}
