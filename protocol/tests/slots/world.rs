//! Lives, slots and clusters by number.

use std::num::NonZeroU16;

use consort_protocol::cluster::slots::{Candidate, InMotion, Move, SLOTS, Slot, SlotState, SlotTable, Tenure, propose};
use consort_protocol::cluster::{Generation, Life, NodeId};

pub fn life(id: u64, generation: u64) -> Life {
    Life { id: NodeId::new(id).unwrap(), generation: Generation(generation) }
}

/// Ids as they are drawn: anywhere among all 64-bit numbers.
pub fn drawn(number: u64) -> Life {
    let id = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    life((id ^ (id >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) | 1, 1 + number % 7)
}

pub fn node(life: Life, weight: u16) -> Candidate {
    Candidate { weight: NonZeroU16::new(weight).unwrap(), ..Candidate::new(life) }
}

/// So many nodes of the usual weight.
pub fn nodes(count: u64) -> Vec<Candidate> {
    (0..count).map(|number| Candidate::new(drawn(number))).collect()
}

pub fn slot(number: u16) -> Slot {
    Slot::new(number).unwrap()
}

/// As many at a time as there are.
pub fn at_once() -> InMotion {
    InMotion { per_node: NonZeroU16::new(SLOTS).unwrap() }
}

/// The table once all that is on its way has arrived.
pub fn arrived(table: &SlotTable) -> SlotTable {
    let moving = Slot::all().filter_map(|slot| match table.state(slot) {
        SlotState::Moving { to, .. } => Some((slot, to)),
        SlotState::Unowned | SlotState::Owned(_) => None,
    });
    let moving: Vec<(Slot, Tenure)> = moving.collect();
    table.settle(moving).unwrap_or_else(|| table.clone())
}

/// Proposes and moves until nothing is left to be moved; all moves there were.
pub fn settled(table: &SlotTable, members: &[Candidate], limit: InMotion) -> (SlotTable, Vec<Move>) {
    let (mut table, mut moves) = (table.clone(), Vec::new());
    for _round in 0..SLOTS {
        let plan = propose(&table, members, limit);
        if plan.is_settled(&table) {
            return (table, moves);
        }
        moves.extend(plan.moves);
        table = arrived(&plan.next);
    }
    panic!("it never ends");
}

/// How many slots each of the members owns.
pub fn owned(table: &SlotTable, members: &[Candidate]) -> Vec<usize> {
    let owners: Vec<Option<Life>> = Slot::all().map(|slot| table.owner(slot)).collect();
    let count = |member: &Candidate| owners.iter().filter(|owner| **owner == Some(member.life)).count();
    members.iter().map(count).collect()
}
