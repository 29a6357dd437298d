//! The actors of a node, as its slots come and go.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::slots::{SLOTS, Slot};
use consort_runtime::remote::{Placement, Sealed, Slots};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::planted::Planted;
use crate::routing::{Router, slot_of};
use crate::sharding::Actors;

/// What a hand-off gives to handlers that run: see
/// [`HandOffConfig`](consort_protocol::cluster::slots::handoff::HandOffConfig).
const DRAIN: Duration = Duration::from_secs(10);

/// The runtime's side of hand-offs.
pub(crate) struct NodeActors {
    pub(crate) slots: Slots,
    /// Where mail goes that is handed over.
    pub(crate) router: Arc<Router>,
}

/// Which slots.
struct Set(Box<[bool]>);

impl Set {
    fn of(slots: &[Slot]) -> Self {
        let mut set = vec![false; usize::from(SLOTS)];
        slots.iter().for_each(|slot| set[usize::from(slot.number())] = true);
        Set(set.into())
    }

    fn has(&self, placement: Placement) -> bool {
        slot_of(placement).is_some_and(|slot| self.0[usize::from(slot.number())])
    }
}

impl Actors for NodeActors {
    fn begin_to_leave(&self, slots: &[Slot]) {
        self.router.begin_to_leave(slots);
    }

    fn let_go(&self, slots: Vec<Slot>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let set = Set::of(&slots);
        let (runtime, router) = (self.slots.clone(), self.router.clone());
        let sealed = runtime.seal(&|placement| set.has(placement));
        // ends with the future, whatever becomes of it
        let leaving = Leaving { router: router.clone(), slots: slots.clone() };
        Box::pin(async move {
            if !Planted::HandOffWithoutDrain.is_planted() {
                drain(&runtime, &set, sealed).await;
            }
            drop(leaving);
            // the next owner has all of it before it may open the slot
            let arrived = |slot| {
                let router = router.clone();
                async move { router.handed_over(slot).await }
            };
            slots.into_iter().map(arrived).collect::<JoinSet<()>>().join_all().await;
        })
    }

    fn until_back(&self, slots: Vec<Slot>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let router = self.router.clone();
        Box::pin(async move {
            for slot in slots {
                router.until_back(slot).await;
            }
        })
    }

    fn begin(&self, slots: &[Slot]) {
        let set = Set::of(slots);
        self.slots.begin(&|placement| set.has(placement));
    }

    fn cut_off(&self, slots: Vec<Slot>) {
        let set = Set::of(&slots);
        self.slots.fence(&|placement| set.has(placement));
    }
}

/// Slots whose activations have not left yet.
struct Leaving {
    router: Arc<Router>,
    slots: Vec<Slot>,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.router.have_left(&self.slots);
    }
}

/// Waits until nothing of these slots runs, and what waited has been handed over.
async fn drain(runtime: &Slots, set: &Set, mut sealed: Sealed) {
    let deadline = Instant::now() + DRAIN;
    loop {
        let drained = sealed.drain(deadline).await;
        for actor in drained.cut_off.iter().chain(&drained.running) {
            tracing::warn!(%actor, "its key moves to another node, and it was cut off in the middle of a call");
        }
        // an activation ends ahead of its mail, which is handed over after that
        sealed = runtime.seal(&|placement| set.has(placement));
        if sealed.count() == 0 || Instant::now() >= deadline {
            return;
        }
    }
}
