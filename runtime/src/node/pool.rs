//! [`Pool`]: the members behind one reference of a pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::engine::{Cell, Standing};
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
        if first.is_quiet() && reluctance(first) == 0 { first } else { self.pick_another(turn) }
    }

    /// As [`pick`](Pool::pick), but not this one, if there is another that has not failed.
    pub(crate) fn pick_other(&self, tried: &Arc<Cell<S>>) -> &Arc<Cell<S>> {
        let picked = self.pick();
        if !Arc::ptr_eq(picked, tried) {
            return picked;
        }
        let is_good = |cell: &&Arc<Cell<S>>| !Arc::ptr_eq(cell, tried) && cell.life() != LifeState::Failed;
        self.members.iter().find(is_good).unwrap_or(picked)
    }

    #[cold]
    fn pick_another(&self, turn: usize) -> &Arc<Cell<S>> {
        let member = |step: usize| &self.members[turn.wrapping_add(step) % self.members.len()];
        let worth = |cell: &&Arc<Cell<S>>| (reluctance(cell), cell.load());
        let (first, second) = (member(0), member(1));
        let better = if worth(&second) < worth(&first) { second } else { first };
        if reluctance(better) == 0 {
            return better;
        }
        (0..self.members.len()).map(member).min_by_key(worth).unwrap_or(better)
    }
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
