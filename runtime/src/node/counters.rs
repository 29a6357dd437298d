//! What is counted of a service.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of one service on one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindStats {
    /// The service's name.
    pub service: &'static str,
    /// Live activations now.
    pub activations: u64,
    /// Actors the node knows, live or not, spawned ones among them.
    pub actors: u64,
    /// Activations started since the node's start.
    pub started: u64,
    /// Handlers that panicked.
    pub panics: u64,
    /// Calls whose deadline passed before they ran.
    pub expired: u64,
}

/// The counters as they go up and down.
#[derive(Default)]
pub(crate) struct Counters {
    pub(super) activations: AtomicU64,
    pub(super) started: AtomicU64,
    pub(super) panics: AtomicU64,
    pub(super) expired: AtomicU64,
}

impl Counters {
    /// Live activations, and handlers that panicked.
    pub(super) fn live_and_panicked(&self) -> (u64, u64) {
        (self.activations.load(Ordering::Relaxed), self.panics.load(Ordering::Relaxed))
    }

    pub(super) fn read(&self, service: &'static str, actors: usize) -> KindStats {
        KindStats {
            service,
            activations: self.activations.load(Ordering::Relaxed),
            actors: actors as u64,
            started: self.started.load(Ordering::Relaxed),
            panics: self.panics.load(Ordering::Relaxed),
            expired: self.expired.load(Ordering::Relaxed),
        }
    }
}
