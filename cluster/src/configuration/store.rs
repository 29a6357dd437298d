//! [`ConfigStore`]: what is set at run time, for all nodes.

use std::num::NonZeroUsize;
use std::sync::{Arc, mpsc};

use consort_runtime::config::{AppendError, Revision, Store, StoreError, Stored};
use tokio::runtime::Handle;

use super::image::{Image, NEWEST, ROOT, paint, read};
use crate::control::{self, CoordStore, Expect, Read, ReadError, Transaction, WriteError};

/// Revisions that one change forgets at most: so many that a shorter history takes effect after some changes, and a
/// transaction has room for the rest.
const FORGOTTEN_MAX: usize = 64;

/// Keeps what is set at run time in the control plane, so that it is in force on all nodes. It is what a node of a
/// cluster uses that is given no other store.
///
/// An accepted revision outlives what the control plane outlives. Secrets stand in it as they are, on the disks of the
/// nodes that vote. Its methods block for as long as the control plane takes, five seconds at most for each operation;
/// without a quorum they fail with [`StoreError::Unavailable`].
#[derive(Clone)]
pub struct ConfigStore {
    store: Arc<dyn CoordStore>,
    runtime: Handle,
}

/// What stands there.
struct Found {
    stored: Stored,
    /// As it is written.
    image: Image,
    /// When the newest number was put.
    put: Option<control::Revision>,
}

impl ConfigStore {
    /// Keeps it in that control plane. The runtime is the one that asks it, and has to run for as long as the store is
    /// used: not that of the thread that waits.
    pub fn new(store: Arc<dyn CoordStore>, runtime: Handle) -> Self {
        ConfigStore { store, runtime }
    }

    async fn find(&self) -> Result<Found, StoreError> {
        let entries = self.store.range(ROOT, Read::Latest).await.map_err(not_read)?.entries;
        let stored = read(&entries)?;
        let put = entries.iter().find(|entry| &*entry.key == NEWEST).map(|entry| entry.revision);
        let image = entries.into_iter().map(|entry| (entry.key, entry.value)).collect();
        Ok(Found { stored, image, put })
    }

    async fn add(&self, revision: &Revision, keep: NonZeroUsize) -> Result<(), AppendError> {
        let found = self.find().await?;
        let mut after = found.stored.clone();
        after.append(revision, keep)?;
        match self.store.commit(found.to(&paint(&after)?)).await {
            Ok(_) => Ok(()),
            // somebody was faster
            Err(WriteError::Conflict { .. }) => Err(AppendError::NotNext { newest: self.find().await?.stored.newest }),
            Err(error) => Err(not_written(error).into()),
        }
    }

    /// Waits on this thread for what is done on another one. That may be cut off: the runtime ends with its node.
    fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T, StoreError> {
        let (done, result) = mpsc::sync_channel(1);
        self.runtime.spawn(async move {
            // whoever waits is there until it is done
            let _ = done.send(work.await);
        });
        let ended = |_| StoreError::Failed { reason: "the node has ended".to_owned(), source: None };
        result.recv().map_err(ended)
    }
}

impl Found {
    /// What makes it this.
    fn to(&self, after: &Image) -> Transaction {
        let mut transaction = Transaction::new();
        for (key, value) in after {
            let expect = match (&**key == NEWEST, self.put) {
                (false, _) => Expect::Any,
                (true, None) => Expect::Absent,
                (true, Some(put)) => Expect::Revision(put),
            };
            if self.image.get(key) != Some(value) {
                transaction = transaction.put(key, value.clone(), expect, None);
            }
        }
        let gone = self.image.keys().filter(|key| !after.contains_key(*key));
        gone.take(FORGOTTEN_MAX).fold(transaction, |transaction, key| transaction.delete(key, Expect::Any))
    }
}

impl Store for ConfigStore {
    fn load(&self) -> Result<Stored, StoreError> {
        let this = self.clone();
        Ok(self.wait(async move { this.find().await })??.stored)
    }

    fn append(&self, revision: &Revision, keep: NonZeroUsize) -> Result<(), AppendError> {
        let (this, revision) = (self.clone(), revision.clone());
        self.wait(async move { this.add(&revision, keep).await })?
    }
}

impl std::fmt::Debug for ConfigStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfigStore").finish_non_exhaustive()
    }
}

fn not_read(error: ReadError) -> StoreError {
    let reason = error.to_string();
    match error {
        ReadError::NoQuorum => StoreError::Unavailable { reason, source: Some(error.into()) },
        ReadError::Limit(_) | ReadError::Stopped { .. } => StoreError::Failed { reason, source: Some(error.into()) },
    }
}

fn not_written(error: WriteError) -> StoreError {
    let reason = error.to_string();
    match error {
        WriteError::NoQuorum { .. } => StoreError::Unavailable { reason, source: Some(error.into()) },
        WriteError::Conflict { .. } | WriteError::LeaseGone | WriteError::Limit(_) | WriteError::Stopped { .. } => {
            StoreError::Failed { reason, source: Some(error.into()) }
        }
    }
}
