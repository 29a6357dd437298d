use std::num::NonZeroU16;

use consort_protocol::cluster::slots::{Candidate, InMotion, SLOTS, Slot, SlotState, SlotTable, propose};
use consort_protocol::cluster::{Generation, Life, NodeId};

use crate::engine::{Engine, Placed, sum_of};

/// Consort: a table of 4,096 slots, changed as little as can be.
pub struct Slots;

impl Engine for Slots {
    fn name(&self) -> &'static str {
        "slots"
    }

    fn place(&self, nodes: &[u64]) -> Box<dyn Placed> {
        settled(&SlotTable::default(), nodes)
    }
}

impl Placed for SlotTable {
    fn node(&self, hash: u64) -> u64 {
        self.owner(Slot::of_hash(hash)).map_or(0, |life| life.id.number())
    }

    fn sum(&self, hashes: &[u64]) -> u64 {
        sum_of(hashes, |hash| self.node(hash))
    }

    fn change(&self, nodes: &[u64]) -> Box<dyn Placed> {
        settled(self, nodes)
    }
}

/// The table once all that the proposer wants to move has arrived.
fn settled(table: &SlotTable, nodes: &[u64]) -> Box<SlotTable> {
    let life = |id: &u64| Life { id: NodeId::new(*id).expect("no id is 0"), generation: Generation(1) };
    let members: Vec<Candidate> = nodes.iter().map(|id| Candidate::new(life(id))).collect();
    let at_once = InMotion { per_node: NonZeroU16::new(SLOTS).expect("there are slots") };
    let next = propose(table, &members, at_once).next;
    let moving = Slot::all().filter_map(|slot| match next.state(slot) {
        SlotState::Moving { to, .. } => Some((slot, to)),
        SlotState::Unowned | SlotState::Owned(_) => None,
    });
    let moving: Vec<_> = moving.collect();
    Box::new(next.settle(moving).unwrap_or(next))
}
