//! The actors of a kind.

use std::num::NonZeroU32;
use std::sync::Arc;

use consort_protocol::scaling::ScalingConfig;
use consort_protocol::time::Moment;

use super::Kind;
use crate::engine::{Answer, Cell, Signal};
use crate::error::NotRun;
use crate::events::Happened;
use crate::key::{IntoKey, Key};
use crate::node::Pool;
use crate::service::{ActorRef, LifeState, Service};

/// Members of a pool of this service, unless its rules say otherwise.
const fn pool_of<S: Service>() -> u32 {
    if S::INFO.pool == 0 { 1 } else { S::INFO.pool }
}

impl<S: Service> Kind<S> {
    /// The actor of a key, or the pool.
    #[inline]
    pub(crate) fn actor(self: &Arc<Self>, key: impl IntoKey<S::Key>) -> ActorRef<S> {
        match self.pool() {
            Some(pool) => ActorRef::of_pool(pool),
            None => ActorRef::new(self.cell(key)),
        }
    }

    #[inline]
    fn cell(self: &Arc<Self>, key: impl IntoKey<S::Key>) -> Arc<Cell<S>> {
        match self.table.find(&key) {
            Some(cell) => cell,
            None => self.canonical(Cell::vacant(self.clone(), key.into_key())),
        }
    }

    /// The one cell of this cell's key: the listed one, or this one from now on.
    pub(crate) fn canonical(&self, cell: Arc<Cell<S>>) -> Arc<Cell<S>> {
        let is_keyed = const { S::INFO.pool <= 1 } && !cell.is_single();
        if !is_keyed || !self.served || self.common.has_stopped() {
            return cell;
        }
        let listed = self.table.find_or_insert(cell);
        // the end of the node empties the table; what came in meanwhile would be held for ever
        if self.common.has_stopped() {
            self.table.clear();
        }
        listed
    }

    /// The members, if it is a pool.
    #[inline]
    pub(crate) fn pool(self: &Arc<Self>) -> Option<Arc<Pool<S>>> {
        if const { S::INFO.pool <= 1 } { None } else { self.find_or_make_pool() }
    }

    fn find_or_make_pool(self: &Arc<Self>) -> Option<Arc<Pool<S>>> {
        let mut pool = self.pool.lock();
        if pool.is_some() {
            return pool.clone();
        }
        let key = S::Key::parse(&S::INFO.key, "/").ok()?;
        let config =
            self.rules.scaling.unwrap_or(const { ScalingConfig::fixed(NonZeroU32::new(pool_of::<S>()).unwrap()) });
        let made = Arc::new(Pool::of(config, self.common.pulse.now(), || Cell::vacant(self.clone(), key.clone())));
        if self.served && !self.common.has_stopped() {
            *pool = Some(made.clone());
        }
        Some(made)
    }

    /// Notes a spawned actor; false once the node has stopped.
    pub(crate) fn track(&self, cell: &Arc<Cell<S>>) -> bool {
        self.spawned.insert_if(cell, || !self.common.has_stopped())
    }

    /// Notes an actor that only runs its stop hook, for a shutdown to wait for.
    pub(crate) fn track_grave(&self, cell: &Arc<Cell<S>>) {
        self.spawned.insert_if(cell, || true);
    }

    /// A spawned actor is dropped.
    pub(crate) fn forget_spawned(&self, cell: *const Cell<S>) {
        self.spawned.forget(cell);
    }

    /// Every actor of this kind: the table's, the pool's and the spawned ones.
    pub(crate) fn cells(&self) -> Vec<Arc<Cell<S>>> {
        let mut cells = self.named_cells();
        cells.append(&mut self.spawned.all());
        cells
    }

    /// Every actor but the spawned ones: those that belong to the service as a whole.
    pub(crate) fn named_cells(&self) -> Vec<Arc<Cell<S>>> {
        let mut cells = self.table.cells();
        if let Some(pool) = &*self.pool.lock() {
            cells.extend_from_slice(pool.cells());
        }
        cells
    }

    /// Those of a service without key that start with it: its instance, or the members of its pool.
    pub(crate) fn eager_cells(&self) -> Vec<Arc<Cell<S>>> {
        match &*self.pool.lock() {
            Some(pool) => pool.members().to_vec(),
            None => self.table.cells(),
        }
    }

    /// Which member of the pool this cell is, if it is one.
    pub(crate) fn member(&self, cell: *const Cell<S>) -> Option<usize> {
        if const { S::INFO.pool <= 1 } {
            return None;
        }
        self.pool.lock().as_ref()?.cells().iter().position(|member| Arc::as_ptr(member) == cell)
    }

    /// Looks how busy the members of the pool are, and has more of them or fewer where that is due.
    pub(in crate::node) fn scale(&self, now: Moment) {
        if const { S::INFO.pool <= 1 } {
            return;
        }
        let Some(pool) = self.pool.lock().clone() else { return };
        if let Some((from, to)) = pool.look(now) {
            self.tell(None, || Happened::Scaled { from: from as u32, to: to as u32 });
            if !self.gate.is_shut() {
                pool.members().iter().skip(from).for_each(|cell| cell.signal(Signal::Start(Answer::new(None).0)));
            }
        }
        for cell in pool.surplus() {
            // nobody sends it anything any more: what was sent before it was one too many is done first
            cell.age();
            cell.signal(Signal::Passivate);
        }
    }

    /// Forgets all actors; references keep theirs. Nobody is left to start one that waits for its supervisor.
    pub(in crate::node) fn clear(&self) {
        for cell in self.named_cells().iter().filter(|cell| cell.life() == LifeState::BackingOff) {
            self.gate.shut(NotRun::ShuttingDown);
            cell.signal(Signal::Stop(Answer::new(None).0));
        }
        self.table.clear();
        let pool = self.pool.lock().take();
        drop(pool);
    }
}
