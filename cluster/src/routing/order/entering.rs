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
        // what came before it, when this node was not the owner, may have gone to the next one
        let is_late = mine.is_some_and(|mine| epoch < mine.since) && way.gate.shut.is_some();
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
            way.gate.shut().push(job, true);
        } else {
            let hold = way.hold();
            hold.epoch = hold.epoch.max(epoch);
            hold.jobs.push_back(job);
            self.hand_on(slot, &mut way);
        }
        self.attend_to(slot, &mut way);
        LetIn::Queues(message, Step::Queued(slip))
    }
}
