//! What is counted of a kind, and told of it.

use std::any::TypeId;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tracing::Level;

use super::Kind;
use crate::events::{Event, Happened};
use crate::health::{ServiceBeat, Watched};
use crate::node::KindStats;
use crate::service::{LifeState, Service};
use crate::telemetry::ServiceSnapshot;

impl<S: Service> Kind<S> {
    pub(crate) fn activated(&self) {
        self.counters.activations.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn deactivated(&self) {
        self.counters.activations.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn panicked(&self) {
        self.counters.panics.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn expired(&self) {
        self.counters.expired.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an activation; its number is its own in the whole node.
    pub(crate) fn next_sequence(&self) -> u64 {
        self.counters.started.fetch_add(1, Ordering::Relaxed);
        self.common.next_sequence()
    }

    /// Logs what happened to the service, unless it is to be quieter.
    pub(crate) fn say(&self, level: Level, log: impl FnOnce()) {
        self.common.notes.voices.say(S::INFO.name, level, log);
    }

    /// Counts what happened to the service, or to the actor of this path, and tells it.
    pub(crate) fn tell(&self, path: Option<Arc<str>>, happened: impl FnOnce() -> Happened) {
        let happened = happened();
        self.counters.note(&happened);
        let at = || self.common.now().since_start();
        self.common.events.tell(|| Event { at: at(), service: S::INFO.name, path, happened });
    }

    pub(in crate::node) fn stats(&self) -> KindStats {
        let pool = self.pool.lock().as_ref().map(|pool| pool.stats());
        let members = pool.map_or(0, |pool| pool.members as usize);
        KindStats { pool, ..self.counters.read(S::INFO.name, self.table.len() + members + self.spawned.len()) }
    }

    pub(in crate::node) fn telemetry(&self) -> ServiceSnapshot {
        let meters = self.meters();
        ServiceSnapshot {
            stats: self.stats(),
            mailbox_waiting: self.cells().iter().map(|cell| u64::from(cell.waiting())).sum(),
            mailbox_fullest: meters.map_or(0, |meters| meters.fullest()),
            mailbox_limit: self.limits.messages,
            methods: meters.map(|meters| meters.read()).unwrap_or_default(),
        }
    }

    /// How the service is, as far as is known here.
    pub(in crate::node) fn service_beat(&self) -> ServiceBeat {
        let state = match () {
            () if self.common.has_stopped() => LifeState::Stopped,
            () if self.common.is_closing() => LifeState::Stopping,
            () if self.gate.is_shut() => LifeState::Failed,
            () => LifeState::Running,
        };
        let (activations, panics) = self.counters.live_and_panicked();
        ServiceBeat { activations, panics, ..ServiceBeat::of(S::INFO.name, S::INFO.version, state) }
    }

    /// Probes the only actor of a service without key, the members of a pool, and those that were called since the last
    /// beat.
    pub(in crate::node) fn probe_all(&self) {
        let mut few = match const { S::INFO.pool } {
            0 | 1 if TypeId::of::<S::Key>() == TypeId::of::<()>() => self.table.cells(),
            _ => Vec::new(),
        };
        if let Some(pool) = &*self.pool.lock() {
            few.extend_from_slice(pool.members());
        }
        few.into_iter().for_each(Watched::probe);
        self.health.probe_touched();
    }
}
