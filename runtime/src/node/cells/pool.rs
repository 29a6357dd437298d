//! [`Pool`]: the members behind one reference of a pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use consort_protocol::scaling::{Scaler, ScalingConfig};
use consort_protocol::time::Moment;
use parking_lot::Mutex;

use crate::engine::{Cell, Standing};
use crate::service::{LifeState, Service};

/// The members, at least one. References hold them; their kind holds them until the node ends.
pub(crate) struct Pool<S: Service> {
    /// As many as it can have: the first of them are its members now. Those behind have no instance, or end when what
    /// they have begun is done.
    cells: Box<[Arc<Cell<S>>]>,
    members: AtomicUsize,
    turn: AtomicUsize,
    /// `None` where the number never changes.
    scaler: Option<Mutex<Scaler>>,
}

/// How the members of a pool stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStats {
    /// Members it has now.
    pub members: u32,
    /// Members it can have at most.
    pub members_max: u32,
    /// Those that run a handler or have mail; the others are idle.
    pub busy: u32,
    /// Messages in all their mailboxes.
    pub waiting: u64,
}

impl PoolStats {
    /// Members with nothing to do.
    pub fn idle(&self) -> u32 {
        self.members - self.busy
    }
}

impl<S: Service> Pool<S> {
    /// As many as this says, made by `make`.
    pub(in crate::node) fn of(config: ScalingConfig, now: Moment, make: impl Fn() -> Arc<Cell<S>>) -> Self {
        Pool {
            cells: (0..config.most().get()).map(|_| make()).collect(),
            members: AtomicUsize::new(config.least.get() as usize),
            turn: AtomicUsize::new(0),
            scaler: (!config.is_fixed()).then(|| Mutex::new(Scaler::new(config, now))),
        }
    }

    /// Those that get calls.
    #[inline]
    pub(crate) fn members(&self) -> &[Arc<Cell<S>>] {
        &self.cells[..self.members.load(Ordering::Relaxed)]
    }

    /// Those that may have an instance.
    pub(crate) fn cells(&self) -> &[Arc<Cell<S>>] {
        &self.cells
    }

    /// How its members stand now.
    pub(in crate::node) fn stats(&self) -> PoolStats {
        let members = self.members();
        PoolStats {
            members: members.len() as u32,
            members_max: self.cells.len() as u32,
            busy: members.iter().filter(|cell| !cell.is_quiet()).count() as u32,
            waiting: members.iter().map(|cell| u64::from(cell.waiting())).sum(),
        }
    }

    /// Looks how busy the members are. If their number changes now: what it was and what it is.
    pub(in crate::node) fn look(&self, now: Moment) -> Option<(usize, usize)> {
        let before = self.members();
        let busy = before.iter().filter(|cell| !cell.is_quiet()).count();
        let members = self.scaler.as_ref()?.lock().handle_look(busy as u32, now);
        let change = members.map(|members| (before.len(), members.get() as usize));
        if let Some((_, members)) = change {
            self.members.store(members, Ordering::Relaxed);
        }
        change
    }

    /// Those that live and are no members any more.
    pub(in crate::node) fn surplus(&self) -> impl Iterator<Item = &Arc<Cell<S>>> {
        let behind = &self.cells[self.members.load(Ordering::Relaxed)..];
        behind.iter().filter(|cell| cell.life() == LifeState::Running)
    }

    /// The next member in turn, or its neighbour if that one has less to do or the first one has failed.
    #[inline]
    pub(crate) fn pick(&self) -> &Arc<Cell<S>> {
        let (turn, members) = (self.turn.fetch_add(1, Ordering::Relaxed), self.members());
        let first = &members[turn % members.len()];
        if first.is_quiet() && reluctance(first) == 0 { first } else { pick_another(members, turn) }
    }

    /// As [`pick`](Pool::pick), but not this one, if there is another that has not failed.
    pub(crate) fn pick_other(&self, tried: &Arc<Cell<S>>) -> &Arc<Cell<S>> {
        let picked = self.pick();
        if !Arc::ptr_eq(picked, tried) {
            return picked;
        }
        let is_good = |cell: &&Arc<Cell<S>>| !Arc::ptr_eq(cell, tried) && cell.life() != LifeState::Failed;
        self.members().iter().find(is_good).unwrap_or(picked)
    }
}

#[cold]
fn pick_another<S: Service>(members: &[Arc<Cell<S>>], turn: usize) -> &Arc<Cell<S>> {
    let member = |step: usize| &members[turn.wrapping_add(step) % members.len()];
    let worth = |cell: &&Arc<Cell<S>>| (reluctance(cell), cell.load());
    let (first, second) = (member(0), member(1));
    let better = if worth(&second) < worth(&first) { second } else { first };
    if reluctance(better) == 0 {
        return better;
    }
    (0..members.len()).map(member).min_by_key(worth).unwrap_or(better)
}

/// How bad it is to call this member: 0 is good, the highest is refused for longest.
#[inline]
fn reluctance<S: Service>(cell: &Cell<S>) -> u8 {
    match (cell.life(), cell.standing()) {
        (LifeState::Failed, _) => 4,
        (_, Standing::Quarantined | Standing::Dead) => 3,
        (LifeState::BackingOff, _) => 2,
        (_, Standing::Suspect) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::{Node, Reference, service};

    #[derive(Default)]
    pub struct Member;

    #[service(crate = "crate", name = "member", pool = 3)]
    impl Member {
        pub async fn hold(&self) {}
    }

    #[tokio::test]
    async fn another_member_is_never_the_one_that_was_tried() {
        let node = Node::builder().serve::<Member>().start().await.unwrap();
        let members = node.get::<Member>(());
        let pool = members.actor().cell().kind.pool().unwrap();
        for turn in 0..30 {
            let tried = &pool.members()[turn % 3];
            assert!(!Arc::ptr_eq(pool.pick_other(tried), tried));
        }
    }
}
