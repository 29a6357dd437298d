//! The actors of a node, as its slots come and go.

use std::pin::Pin;
use std::sync::Arc;

use consort_protocol::cluster::slots::Slot;
use consort_runtime::remote::Slots;
use tokio::sync::mpsc;

use super::departure::{Departure, Set};
use crate::routing::Router;
use crate::sharding::Actors;

/// The runtime's side of hand-offs.
pub(crate) struct NodeActors {
    pub(crate) slots: Slots,
    /// Where mail goes that is handed over.
    pub(crate) router: Arc<Router>,
}

impl Actors for NodeActors {
    fn begin_to_leave(&self, slots: &[Slot]) {
        self.router.begin_to_leave(slots);
    }

    fn let_go(&self, slots: Vec<Slot>, left: mpsc::Sender<Slot>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let departure = Departure::begin(self.slots.clone(), self.router.clone(), slots);
        Box::pin(departure.run(left))
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
