//! The actors of a node, as its slots come and go.

use std::pin::Pin;
use std::time::Duration;

use consort_protocol::cluster::slots::{SLOTS, Slot};
use consort_runtime::remote::{Placement, Slots};
use tokio::time::Instant;

use crate::planted::Planted;
use crate::routing::slot_of;
use crate::sharding::Actors;

/// What a hand-off gives to handlers that run: see
/// [`HandOffConfig`](consort_protocol::cluster::slots::handoff::HandOffConfig).
const DRAIN: Duration = Duration::from_secs(10);

/// The runtime's side of hand-offs.
pub(crate) struct NodeActors(pub(crate) Slots);

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
    fn let_go(&self, slots: Vec<Slot>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let set = Set::of(&slots);
        let sealed = self.0.seal(&|placement| set.has(placement));
        if Planted::HandOffWithoutDrain.is_planted() {
            return Box::pin(std::future::ready(()));
        }
        Box::pin(async move {
            let drained = sealed.drain(Instant::now() + DRAIN).await;
            for actor in drained.cut_off.iter().chain(&drained.running) {
                tracing::warn!(%actor, "its key moves to another node, and it was cut off in the middle of a call");
            }
        })
    }

    fn cut_off(&self, slots: Vec<Slot>) {
        let set = Set::of(&slots);
        self.0.fence(&|placement| set.has(placement));
    }
}
