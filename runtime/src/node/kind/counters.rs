//! What is counted of a service.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::events::Happened;
use crate::health::Condition;
use crate::node::PoolStats;

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
    /// Activations that are up again after a crash.
    pub restarts: u64,
    /// Times that an activation was quarantined.
    pub quarantines: u64,
    /// Messages that were put into the dead letters.
    pub dead_letters: u64,
    /// How the members of its pool stand; `None` if it is none.
    pub pool: Option<PoolStats>,
}

/// The counters as they go up and down.
#[derive(Default)]
pub(crate) struct Counters {
    pub(super) activations: AtomicU64,
    pub(super) started: AtomicU64,
    pub(super) panics: AtomicU64,
    pub(super) expired: AtomicU64,
    restarts: AtomicU64,
    quarantines: AtomicU64,
    dead_letters: AtomicU64,
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
            restarts: self.restarts.load(Ordering::Relaxed),
            quarantines: self.quarantines.load(Ordering::Relaxed),
            dead_letters: self.dead_letters.load(Ordering::Relaxed),
            pool: None,
        }
    }

    /// Counts what is told of the service, whether or not anybody listens.
    pub(super) fn note(&self, happened: &Happened) {
        let counter = match happened {
            Happened::Restarted => &self.restarts,
            Happened::Health { to: Condition::Quarantined { .. }, .. } => &self.quarantines,
            Happened::DeadLetter { .. } => &self.dead_letters,
            _ => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
