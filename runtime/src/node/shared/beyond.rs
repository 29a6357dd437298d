//! [`Beyond`]: what lies outside of a node's process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::remote::{Ending, Joining, Remote};

/// The other nodes, if this one joins any. Known before the first service starts, and for good.
pub(super) struct Beyond {
    joins: bool,
    hands_all_over: bool,
    /// What is here may have to wait for what has come for it from other nodes.
    is_guarded: AtomicBool,
    remote: OnceLock<Arc<dyn Remote>>,
    has_ended: AtomicBool,
}

impl Beyond {
    /// Of a node that joins others as this says; else it is alone.
    pub(super) fn new(joining: Option<&dyn Joining>) -> Self {
        let hands_all_over = joining.is_some_and(|joining| joining.hands_all_over());
        let (is_guarded, has_ended) = Default::default();
        Beyond { joins: joining.is_some(), hands_all_over, is_guarded, remote: OnceLock::new(), has_ended }
    }

    /// Whether there are, or are going to be, other nodes.
    pub(super) fn joins(&self) -> bool {
        self.joins
    }

    /// Whether calls are handed to the remote even if their actor runs here, as far as it says that they should be.
    #[inline]
    pub(super) fn hands_all_over(&self) -> bool {
        self.hands_all_over || self.is_guarded.load(Ordering::Relaxed)
    }

    pub(super) fn guard(&self, is_guarded: bool) {
        self.is_guarded.store(is_guarded, Ordering::Relaxed);
    }

    pub(super) fn set(&self, remote: Arc<dyn Remote>) {
        let _ = self.remote.set(remote);
    }

    /// Tells the others, once, that this node has ended. What it returns need not be waited for.
    pub(super) fn end(&self) -> Option<Ending> {
        let remote = self.remote.get().filter(|_| !self.has_ended.swap(true, Ordering::AcqRel))?;
        Some(remote.ended())
    }

    #[inline]
    pub(super) fn remote(&self) -> Option<&Arc<dyn Remote>> {
        self.remote.get()
    }
}
