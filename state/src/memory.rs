//! States that end with the process.

use std::collections::HashMap;
use std::future::ready;

use bytes::Bytes;
use parking_lot::Mutex;

use crate::kept::Kept;
use crate::{Claimed, Fence, Pending, StateError, StateKey, StateStore};

type OfService = HashMap<Box<str>, Kept>;

/// Keeps states in memory: for tests, also of several nodes in one process, and for programs whose actors are to outlive
/// their activations but not the process. It grows with the number of actors that were ever claimed.
#[derive(Debug, Default)]
pub struct MemoryStateStore {
    /// By service, then by path.
    kept: Mutex<HashMap<Box<str>, OfService>>,
}

impl MemoryStateStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn with<T>(&self, key: StateKey<'_>, work: impl FnOnce(&mut Kept) -> T) -> T {
        let mut kept = self.kept.lock();
        let of_service = kept.entry(key.service.into()).or_default();
        work(of_service.entry(key.path.into()).or_default())
    }
}

impl StateStore for MemoryStateStore {
    fn claim<'a>(&'a self, key: StateKey<'a>, epoch: u64) -> Pending<'a, Result<Claimed, StateError>> {
        Box::pin(ready(self.with(key, |kept| kept.claim(epoch))))
    }

    fn save<'a>(&'a self, key: StateKey<'a>, fence: Fence, state: Bytes) -> Pending<'a, Result<(), StateError>> {
        Box::pin(ready(self.with(key, |kept| kept.save(fence, state))))
    }
}
