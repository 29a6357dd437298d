//! Revisions that end with the process.

use std::num::NonZeroUsize;

use parking_lot::Mutex;

use crate::store::{AppendError, Revision, Store, StoreError, Stored};

/// Keeps revisions in memory: for tests, and for programs whose changes need not outlive them.
#[derive(Debug, Default)]
pub struct MemoryStore {
    stored: Mutex<Stored>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    fn load(&self) -> Result<Stored, StoreError> {
        Ok(self.stored.lock().clone())
    }

    fn append(&self, revision: &Revision, keep: NonZeroUsize) -> Result<(), AppendError> {
        self.stored.lock().append(revision, keep)
    }
}
