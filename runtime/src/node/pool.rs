//! [`Pool`]: the members behind one reference of a pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::engine::Cell;
use crate::service::{LifeState, Service};

/// The members, at least one. References hold them; their kind holds them until the node ends.
pub(crate) struct Pool<S: Service> {
    members: Box<[Arc<Cell<S>>]>,
    turn: AtomicUsize,
}

impl<S: Service> Pool<S> {
    /// As many as the service says, made by `make`.
    pub(super) fn of(make: impl Fn() -> Arc<Cell<S>>) -> Self {
        Pool { members: (0..S::INFO.pool.max(1)).map(|_| make()).collect(), turn: AtomicUsize::new(0) }
    }

    pub(crate) fn members(&self) -> &[Arc<Cell<S>>] {
        &self.members
    }

    /// The next member in turn, or its neighbour if that one has less to do or the first one has failed.
    #[inline]
    pub(crate) fn pick(&self) -> &Arc<Cell<S>> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let first = &self.members[turn % self.members.len()];
        if first.is_quiet() && first.life() != LifeState::Failed { first } else { self.pick_another(turn) }
    }

    #[cold]
    fn pick_another(&self, turn: usize) -> &Arc<Cell<S>> {
        let member = |step: usize| &self.members[turn.wrapping_add(step) % self.members.len()];
        let (first, second) = (member(0), member(1));
        let has_failed = |cell: &Arc<Cell<S>>| cell.life() == LifeState::Failed;
        match (has_failed(first), has_failed(second)) {
            (true, true) => (2..self.members.len()).map(member).find(|cell| !has_failed(cell)).unwrap_or(first),
            (true, false) => second,
            (false, true) => first,
            (false, false) if second.load() < first.load() => second,
            (false, false) => first,
        }
    }
}
