//! What becomes of a message that has come from another node.

use std::sync::Arc;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::{Epoch, Slot};
use consort_runtime::remote::Message;

use super::job::{Course, Step};
use crate::routing::router::Router;

/// What becomes of a message that has come.
pub(crate) enum LetIn<C: Course> {
    /// It goes to its actor at once.
    Enters(Entering),
    /// It has its place in a queue.
    Queues(Arc<Message>, Step<C>),
}

/// A message on its way to its actor. Its place there is taken when this is dropped.
pub(crate) struct Entering(Option<(Arc<Router>, Slot)>);

impl Entering {
    /// To an actor that does not leave.
    pub(crate) const FREELY: Entering = Entering(None);
}

impl Drop for Entering {
    fn drop(&mut self) {
        if let Some((router, slot)) = self.0.take() {
            router.ways.way(slot).write().entering -= 1;
        }
    }
}

impl Router {
    /// Whether what comes for the slot may go to its actors at once.
    #[inline]
    pub(crate) fn is_clear(&self, slot: Slot) -> bool {
        !self.ways.is_busy(slot) && self.ownership.since(slot).is_some()
    }

    /// Whether what has come may queue without taking room on its lane.
    pub(crate) fn has_room(&self, message: &Message) -> bool {
        self.ways.has_room(message)
    }

    /// Lets a message in whose sender found the owner by the tenure since `epoch`. What is about to leave hands it over
    /// behind the rest of its mail.
    pub(crate) fn let_in<C: Course>(
        self: &Arc<Self>,
        (slot, epoch): (Slot, Epoch),
        from: Life,
        message: impl FnOnce() -> Arc<Message>,
    ) -> LetIn<C> {
        let mut way = self.ways.way(slot).write();
        let table = self.table.load();
        let owner = table.state(slot).owner();
        way.gate.follow(owner);
        let mine = owner.filter(|owner| owner.life == self.me);
        // what came before it, when this node was not the owner, may have gone to the next one, or be about to go
        let is_late = mine.is_some_and(|mine| way.gate.is_behind(epoch, mine.since, from));
        // what leaves, and is to stay after all, goes behind its mail; what comes back goes before both
        let stays = way.leaving > 0 && !way.gate.waits_for(from);
        let is_early = mine.is_some() && self.ownership.since(slot).is_none();
        // nothing of it is here any more: by way of an actor it would be nowhere for a moment, and a flush would pass it
        let is_gone = mine.is_none() && self.ownership.since(slot).is_none();
        let waits = !stays && (way.hold.is_some() || epoch > table.epoch() || is_early || is_gone);
        if !is_late && !waits {
            way.entering += 1;
            way.has_entered = true;
            return LetIn::Enters(Entering(Some((self.clone(), slot))));
        }
        let message = message();
        let (job, slip) = self.ways.job(&message);
        if is_late {
            way.gate.shut().hand_on([job], epoch);
        } else {
            let hold = way.hold();
            hold.epoch = hold.epoch.max(epoch);
            hold.push(job, false);
            self.hand_on(slot, &mut way);
        }
        self.attend_to(slot, &mut way);
        LetIn::Queues(message, Step::Queued(slip))
    }
}

#[cfg(test)]
mod tests {
    use consort_protocol::cluster::members::Members;
    use consort_protocol::cluster::slots::{SlotState, Tenure};
    use tokio::sync::watch;

    use super::*;
    use crate::routing::fixture::{life, router, tell};
    use crate::routing::order::Tell;

    fn tenure(id: u64, since: u64) -> Tenure {
        Tenure { life: life(id), since: Epoch(since) }
    }

    #[tokio::test]
    async fn what_comes_once_a_move_is_taken_back_queues_behind_what_came_before() {
        let (_changing, members) = watch::channel(Arc::new(Members::new(1, life(1), [])));
        let (router, slot) = (router(members).await, Slot::of_hash(7));
        let come = |from: u64| drop(router.let_in::<Tell>((slot, Epoch(1)), life(from), || Arc::new(tell("6", 7))));
        let adopt = |owner: Tenure| router.adopt(Arc::new(router.table.load().with([(slot, SlotState::Owned(owner))])));
        let queued = || {
            let way = router.ways.way(slot).read();
            let queue = way.gate.shut.as_ref().map_or(0, |queue| queue.handed.len());
            (queue, way.hold.as_ref().map_or(0, |hold| hold.count()))
        };
        adopt(tenure(2, 1));
        come(3);
        assert_eq!(queued(), (1, 0), "it is to go to node 2");
        adopt(tenure(1, 1));
        come(3);
        assert_eq!(queued(), (2, 0), "it would pass the first one");
    }

    #[tokio::test]
    async fn who_has_found_this_node_since_then_is_behind_nothing() {
        let (_changing, members) = watch::channel(Arc::new(Members::new(1, life(1), [])));
        let router = router(members).await;
        let mut way = router.ways.way(Slot::of_hash(7)).write();
        way.gate.shut().hand_on([], Epoch(1));
        let is_behind = |epoch: u64, way: &super::super::way::Way| way.gate.is_behind(Epoch(epoch), Epoch(1), life(3));
        assert!(is_behind(1, &way) && !is_behind(2, &way), "it has flushed its way");
        way.gate.shut = None;
        assert!(!is_behind(1, &way), "nothing queues");
    }
}
