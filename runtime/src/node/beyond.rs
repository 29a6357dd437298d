//! [`Beyond`]: what lies outside of a node's process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::remote::Remote;

/// The other nodes, if this one joins any. Known before the first service starts, and for good.
pub(super) struct Beyond {
    joins: bool,
    remote: OnceLock<Arc<dyn Remote>>,
    has_ended: AtomicBool,
}

impl Beyond {
    pub(super) fn new(joins: bool) -> Self {
        Beyond { joins, remote: OnceLock::new(), has_ended: AtomicBool::new(false) }
    }

    /// Whether there are, or are going to be, other nodes.
    pub(super) fn joins(&self) -> bool {
        self.joins
    }

    pub(super) fn set(&self, remote: Arc<dyn Remote>) {
        let _ = self.remote.set(remote);
    }

    /// Tells the others, once, that this node has ended.
    pub(super) fn end(&self) {
        if let Some(remote) = self.remote.get().filter(|_| !self.has_ended.swap(true, Ordering::AcqRel)) {
            remote.ended();
        }
    }

    #[inline]
    pub(super) fn remote(&self) -> Option<&Arc<dyn Remote>> {
        self.remote.get()
    }
}
