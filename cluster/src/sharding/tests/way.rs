//! [`Way`]: a node's way to the control plane, which can be cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;

use crate::control::{
    CoordStore, Entry, LeaseError, LeaseId, MemoryStore, Pending, Read, ReadError, Revision, Snapshot, Transaction,
    Watch, WatchError, WriteError,
};
use crate::control::{Source, Told};

/// As patient as a store that finds no quorum.
const PATIENCE: Duration = Duration::from_secs(5);

/// A node's way to the control plane. While it is cut, nothing goes there, and nothing comes from there that is new.
#[derive(Clone)]
pub struct Way {
    store: MemoryStore,
    is_cut: Arc<watch::Sender<bool>>,
    is_deaf: Arc<AtomicBool>,
    is_mute: Arc<AtomicBool>,
    is_alone: Arc<AtomicBool>,
}

impl Way {
    pub fn to(store: &MemoryStore) -> Self {
        let (is_deaf, is_mute, is_alone) = Default::default();
        Way { store: store.clone(), is_cut: Arc::new(watch::Sender::new(false)), is_deaf, is_mute, is_alone }
    }

    /// While it is true, nothing is decided without this node.
    pub fn set_alone(&self, is_alone: bool) {
        self.is_alone.store(is_alone, Ordering::Relaxed);
    }

    /// While it is true, ranges cannot be read: the control plane is between two leaders.
    pub fn set_deaf(&self, is_deaf: bool) {
        self.is_deaf.store(is_deaf, Ordering::Relaxed);
    }

    /// While it is true, what is written is written, and nobody says so.
    pub fn set_mute(&self, is_mute: bool) {
        self.is_mute.store(is_mute, Ordering::Relaxed);
    }

    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    pub fn mend(&self) {
        self.is_cut.send_replace(false);
    }

    /// Goes there, if the way is mended in time.
    async fn there<T, E>(&self, operation: impl Future<Output = Result<T, E>>, cut_off: E) -> Result<T, E> {
        let mut is_cut = self.is_cut.subscribe();
        let in_time = tokio::time::timeout(PATIENCE, is_cut.wait_for(|is_cut| !is_cut)).await.is_ok();
        if in_time { operation.await } else { Err(cut_off) }
    }
}

impl CoordStore for Way {
    fn commit(&self, transaction: Transaction) -> Pending<'_, Result<Revision, WriteError>> {
        Box::pin(async {
            let committed = self.there(self.store.commit(transaction), WriteError::NoQuorum { unknown: false }).await?;
            let is_told = !self.is_mute.load(Ordering::Relaxed);
            is_told.then_some(committed).ok_or(WriteError::NoQuorum { unknown: true })
        })
    }

    fn get<'a>(&'a self, key: &'a str, read: Read) -> Pending<'a, Result<Option<Entry>, ReadError>> {
        Box::pin(self.there(self.store.get(key, read), ReadError::NoQuorum))
    }

    fn range<'a>(&'a self, prefix: &'a str, read: Read) -> Pending<'a, Result<Snapshot, ReadError>> {
        match self.is_deaf.load(Ordering::Relaxed) {
            true => Box::pin(std::future::ready(Err(ReadError::NoQuorum))),
            false => Box::pin(self.there(self.store.range(prefix, read), ReadError::NoQuorum)),
        }
    }

    fn watch(&self, prefix: &str, from: Revision) -> Watch {
        let (watch, is_cut) = (self.store.watch(prefix, from), self.is_cut.subscribe());
        Watch::new(prefix, from, || Box::new(Far { watch, is_cut }))
    }

    fn grant(&self, ttl: Duration) -> Pending<'_, Result<LeaseId, LeaseError>> {
        Box::pin(self.there(self.store.grant(ttl), LeaseError::NoQuorum))
    }

    fn renew(&self, lease: LeaseId) -> Pending<'_, Result<(), LeaseError>> {
        Box::pin(self.there(self.store.renew(lease), LeaseError::NoQuorum))
    }

    fn decides_alone(&self) -> bool {
        self.is_alone.load(Ordering::Relaxed)
    }

    fn revoke(&self, lease: LeaseId) -> Pending<'_, Result<(), LeaseError>> {
        Box::pin(self.there(self.store.revoke(lease), LeaseError::NoQuorum))
    }
}

/// Changes that come over a way.
struct Far {
    watch: Watch,
    is_cut: watch::Receiver<bool>,
}

impl Source for Far {
    fn after(&mut self, _: Revision) -> Pending<'_, Result<Told, WatchError>> {
        Box::pin(async {
            loop {
                let _ = self.is_cut.wait_for(|is_cut| !is_cut).await;
                tokio::select! {
                    changes = self.watch.next() => {
                        let changes = changes?;
                        return Ok(Told { upto: changes.revision, changes: vec![changes] });
                    }
                    _ = self.is_cut.wait_for(|is_cut| *is_cut) => {}
                }
            }
        })
    }
}
