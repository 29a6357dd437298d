//! The actors of a node, as its slots come and go.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use consort_protocol::cluster::slots::{Epoch, Slot, Tenure};
use consort_runtime::remote::Slots;
use tokio::sync::mpsc;

use super::departure::{Departure, Set};
use super::snapshots::{Left, Shipment, Shipped};
use crate::routing::Router;
use crate::sharding::Actors;

/// The runtime's side of hand-offs.
pub(crate) struct NodeActors {
    pub(crate) slots: Slots,
    /// Where mail goes that is handed over.
    pub(crate) router: Arc<Router>,
    /// What activations of this node left.
    pub(crate) left: Arc<Left>,
    /// What those of other nodes left for this one.
    pub(crate) shipped: Arc<Shipped>,
}

impl Actors for NodeActors {
    fn begin_to_leave(&self, slots: &[Slot]) {
        self.router.begin_to_leave(slots);
    }

    fn let_go(&self, slots: Vec<Slot>, left: mpsc::Sender<Slot>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let departure = Departure::begin(self.slots.clone(), self.router.clone(), self.left.clone(), slots);
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

    fn ship(&self, slot: Slot, to: Tenure) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        let states = self.left.bequeath(slot, to);
        if states.is_empty() {
            return None;
        }
        let (router, left, slots) = (self.router.clone(), self.left.clone(), self.slots.clone());
        Some(Box::pin(Shipment { router, left, slots, slot, to }.bring(states)))
    }

    fn restore(&self, slots: &BTreeMap<Slot, Epoch>) {
        self.pass_on(slots);
        self.slots.open(self.left.take_back(slots));
    }

    fn pass_on(&self, slots: &BTreeMap<Slot, Epoch>) {
        let arrivals = self.shipped.take(slots);
        self.slots.open(arrivals.whole);
        for torn in &arrivals.torn {
            self.slots.lose(torn, "the node that had it was lost while it was on its way");
        }
    }

    fn forget(&self, slot: Slot) {
        self.left.forget(slot);
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
