//! Flushes: knowing that what was sent to an owner has arrived.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::{Epoch, Slot};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::crowds::Actor;
use super::gate::Found;
use crate::routing::frames::outgoing::{FLUSH, ROOM, write_question};
use crate::routing::router::{Router, lane_of};
use crate::transport::Lost;

/// A former owner that has not answered by then is dead, or will be declared so: half as long again as it has for what
/// still runs in the slot.
const FLUSH_MAX: Duration = Duration::from_secs(15);

/// Who has nothing to wait for but what others do looks so often.
const LOOK: Duration = Duration::from_millis(20);

/// How a flush stands.
enum Stands {
    /// All has arrived.
    Done,
    /// It is known when this ends.
    Under(std::pin::Pin<Box<dyn Future<Output = ()> + Send>>),
    /// It is for the table, or for activations that leave.
    Waits,
}

impl Router {
    /// Asks an owner to say when all that was sent to it for the slot has arrived. The question has its place behind all
    /// of that when this returns.
    pub(super) fn flush(self: &Arc<Self>, slot: Slot, owner: &Found) -> impl Future<Output = ()> + Send + use<> {
        let flushing = self.ask(FLUSH, slot, self.table.load().epoch().0, owner);
        async move {
            // who cannot answer has lost what it was sent
            if timeout(FLUSH_MAX, flushing).await.is_err() {
                tracing::warn!(%slot, "a former owner does not answer: what was sent to it may be overtaken");
            }
        }
    }

    /// As [`flush`](Router::flush), to say when nothing that was sent to an actor waits for room any more. That takes as
    /// long as the actor does.
    pub(super) fn until_room(
        self: &Arc<Self>,
        slot: Slot,
        actor: Actor,
        owner: &Found,
    ) -> impl Future<Output = ()> + Send + use<> {
        self.ask(ROOM, slot, actor.0, owner)
    }

    fn ask(
        self: &Arc<Self>,
        target: u32,
        slot: Slot,
        of: u64,
        owner: &Found,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (router, owner) = (self.clone(), owner.clone());
        let ask = move |owner: &Found| {
            owner.peer.link.ask(lane_of(slot), |out| write_question(target, (slot, owner.since), of, out))
        };
        let asked = ask(&owner);
        async move {
            let is_gone = || !router.peers.has(&owner.peer);
            until_answered(asked, || ask(&owner), is_gone).await;
        }
    }

    /// Waits until all has arrived that came here for the slot before, or was handed over, from who found this node by
    /// the tenure since `epoch` and knows the table of the epoch `known`.
    pub(crate) async fn flushed(self: &Arc<Self>, slot: Slot, epoch: Epoch, known: Epoch) {
        let flushing = async {
            let mut changes = self.changes.subscribe();
            loop {
                changes.borrow_and_update();
                match self.flush_stands(slot, epoch, known) {
                    Stands::Done => return,
                    Stands::Under(flushing) => return flushing.await,
                    // both ends mean the same: look again
                    Stands::Waits => _ = timeout(LOOK, changes.changed()).await,
                }
            }
        };
        if timeout(FLUSH_MAX, flushing).await.is_err() {
            tracing::warn!(%slot, "what was sent to a former owner may be overtaken");
        }
    }

    /// It goes where the messages before it went.
    fn flush_stands(self: &Arc<Self>, slot: Slot, epoch: Epoch, known: Epoch) -> Stands {
        let mut way = self.ways.way(slot).write();
        let table = self.table.load();
        if table.epoch() < known {
            return Stands::Waits;
        }
        let owner = table.state(slot).owner();
        way.gate.follow(owner);
        let mine = owner.filter(|owner| owner.life == self.me);
        if mine.is_none() && (way.leaving > 0 || way.hold.is_some() || self.ownership.since(slot).is_some()) {
            return Stands::Waits;
        }
        // what came for this very tenure is here; what came for an earlier one may have gone on
        if mine.is_some_and(|mine| epoch >= mine.since) {
            return Stands::Done;
        }
        // what queues for actors without room comes before it
        if way.gate.shut.is_some() || !way.gate.crowds.are_none() {
            let (job, flushed) = self.ways.flush();
            way.gate.shut().push(job, false);
            self.attend_to(slot, &mut way);
            return Stands::Under(Box::pin(async move { answered(flushed).await }));
        }
        match &way.gate.to {
            Some(to) => Stands::Under(Box::pin(self.flush(slot, to))),
            None => Stands::Done,
        }
    }

    /// Waits until nothing is sent to this life any more, which owns nothing in the table of this epoch.
    pub(crate) async fn until_parted(&self, life: Life, epoch: Epoch) {
        let mut changes = self.changes.subscribe();
        let is_here = || self.table.load().epoch() < epoch || self.ways.lead_to(life);
        while is_here() {
            // both ends mean the same: look again
            let _ = timeout(LOOK, changes.changed()).await;
        }
    }

    /// Waits until what this node has handed over for the slot has arrived; if the slot is its own again, there is nothing
    /// to wait for.
    pub(crate) async fn handed_over(self: &Arc<Self>, slot: Slot) {
        self.flushed(slot, Epoch(u64::MAX), Epoch(0)).await;
    }

    /// Waits until what was handed over for a slot that stays after all has come back.
    pub(crate) async fn until_back(&self, slot: Slot) {
        let mut changes = self.changes.subscribe();
        let is_away = || {
            let way = self.ways.way(slot).read();
            way.leaving > 0
                || way.gate.to.is_some()
                || way.gate.shut.as_ref().is_some_and(|queue| queue.former.is_some())
        };
        while is_away() {
            // both ends mean the same: look again
            let _ = timeout(LOOK, changes.changed()).await;
        }
    }

    /// Activations of these slots are about to leave: until they have, nothing is flushed.
    pub(crate) fn begin_to_leave(&self, slots: &[Slot]) {
        slots.iter().for_each(|slot| self.ways.way(*slot).write().leaving += 1);
    }

    /// They are looked for.
    pub(crate) fn begin_to_look(&self, slots: &[Slot]) {
        for slot in slots {
            let mut way = self.ways.way(*slot).write();
            way.has_entered = way.entering > 0;
        }
    }

    /// They were looked for, and have left and handed over what waited for them. Of the slots that are returned this may
    /// not be true: something has come for them meanwhile.
    pub(crate) fn have_left(&self, slots: Vec<Slot>) -> Vec<Slot> {
        let has_not = |slot: &Slot| {
            let mut way = self.ways.way(*slot).write();
            let is_entered = way.entering > 0 || way.has_entered;
            way.leaving -= u32::from(!is_entered && way.leaving > 0);
            is_entered
        };
        let again = slots.into_iter().filter(has_not).collect();
        self.changed();
        again
    }

    /// As [`have_left`](Self::have_left), whatever comes for them.
    pub(crate) fn are_cut_off(&self, slots: &[Slot]) {
        slots.iter().for_each(|slot| {
            let mut way = self.ways.way(*slot).write();
            way.leaving = way.leaving.saturating_sub(1);
        });
        self.changed();
    }
}

/// Asks again until there is an answer, or who is asked is gone. What cannot be asked now may come after what was sent
/// before, and so does the next question. A question that was lost says nothing of what was sent before it: that may have
/// arrived, and wait there.
async fn until_answered<T, F>(mut asked: F, ask: impl Fn() -> F, is_gone: impl Fn() -> bool)
where
    F: Future<Output = Result<T, Lost>>,
{
    while asked.await.is_err() && !is_gone() {
        sleep(LOOK).await;
        asked = ask();
    }
}

async fn answered(flushed: oneshot::Receiver<()>) {
    // an error is a queue that is gone: nothing of it will arrive any more
    let _ = flushed.await;
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::ready;

    use super::*;
    use crate::transport::Why;

    #[tokio::test(start_paused = true)]
    async fn a_question_that_was_not_answered_is_asked_again_also_if_it_may_have_arrived() {
        let lost = || Lost::MaybeArrived(Why::Forgotten);
        let outcomes = RefCell::new(vec![Ok(()), Err(lost()), Err(Lost::NotSent(Why::Unreachable))]);
        let ask = || ready(outcomes.borrow_mut().pop().expect("nobody asks after an answer"));
        until_answered(ask(), ask, || false).await;
        assert!(outcomes.borrow().is_empty(), "{outcomes:?}");
        until_answered(ready(Err::<(), _>(lost())), || unreachable!("nobody is there"), || true).await;
    }
}
