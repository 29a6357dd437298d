//! [`Balancer`]: what the leader does to the slot table.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::{Candidate, InMotion, Slot, SlotState, SlotTable, Standing, Tenure, propose};

use super::layout::NodeRecord;

/// The nodes that hold leases, and the table that follows from them. It writes nothing.
#[derive(Default)]
pub(crate) struct Balancer {
    /// `None` while they are not known: nobody is taken for gone because nobody was looked for.
    nodes: Option<BTreeMap<Life, NodeRecord>>,
    /// What has arrived with its new owners.
    arrived: BTreeMap<Slot, Tenure>,
}

impl Balancer {
    /// Replaces the nodes that hold leases.
    pub(crate) fn set_nodes(&mut self, records: impl IntoIterator<Item = NodeRecord>) {
        self.nodes = Some(records.into_iter().filter_map(|record| Some((record.life()?, record))).collect());
    }

    /// These slots have arrived with those who get them: nothing runs in them any more.
    pub(crate) fn note_arrived(&mut self, arrived: impl IntoIterator<Item = (Slot, Tenure)>) {
        self.arrived.extend(arrived);
    }

    /// The table that is to follow this one; `None` if it is as it should be.
    ///
    /// Slots arrive that were reported, or whose former owner's lease has ended: without a record nobody acts as an
    /// owner any more. Others begin to move.
    pub(crate) fn next(&mut self, table: &SlotTable) -> Option<SlotTable> {
        let nodes = self.nodes.as_ref()?;
        let arrived = self.settle(nodes, table);
        let table = arrived.as_ref().unwrap_or(table);
        let proposed = propose(table, &candidates(nodes), InMotion::default());
        let moved = (!proposed.is_settled(table)).then_some(proposed.next);
        // what is taken from who is gone arrives with that
        let settled = moved.as_ref().and_then(|moved| self.settle(nodes, moved));
        self.arrived.retain(|slot, tenure| is_coming(table, *slot, *tenure));
        settled.or(moved).or(arrived)
    }

    fn settle(&self, nodes: &BTreeMap<Life, NodeRecord>, table: &SlotTable) -> Option<SlotTable> {
        let has_arrived =
            |slot, from: Tenure, to| !nodes.contains_key(&from.life) || self.arrived.get(&slot) == Some(&to);
        let arrived = Slot::all().filter_map(|slot| match table.state(slot) {
            SlotState::Moving { from, to } if has_arrived(slot, from, to) => Some((slot, to)),
            _ => None,
        });
        table.settle(arrived.collect::<Vec<_>>())
    }
}

fn candidates(nodes: &BTreeMap<Life, NodeRecord>) -> Vec<Candidate> {
    let has_keys = |record: &NodeRecord| record.weight > 0 && !record.keyless && !record.leaving;
    let some_have_keys = nodes.values().any(has_keys);
    let candidates = nodes.iter().map(|(life, record)| {
        let standing = if record.leaving { Standing::Leaving } else { Standing::Up };
        let zone = Some(record.zone.as_str()).filter(|zone| !zone.is_empty()).map(Box::from);
        // a call of a key that lived on a node without services that have keys would find nobody there
        let share = if some_have_keys && record.keyless { 0 } else { record.weight };
        // who has no share of the slots hands over what it may have had
        let (weight, standing) = match NonZeroU16::new(share) {
            Some(weight) => (weight, standing),
            None => (NonZeroU16::MIN, Standing::Leaving),
        };
        Candidate { life: *life, weight, zone, standing }
    });
    candidates.collect()
}

/// Whether the slot is still on its way there.
fn is_coming(table: &SlotTable, slot: Slot, tenure: Tenure) -> bool {
    matches!(table.state(slot), SlotState::Moving { to, .. } if to == tenure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use consort_protocol::cluster::slots::SLOTS;
    use consort_protocol::cluster::{Generation, NodeId};

    fn record(id: u64, leaving: bool) -> NodeRecord {
        let life = Life { id: NodeId::new(id).unwrap(), generation: Generation(1) };
        let mut record = NodeRecord::new(life, &"127.0.0.1:1".parse().unwrap(), "", 100);
        record.leaving = leaving;
        record
    }

    fn count(table: &SlotTable, id: u64) -> usize {
        let is_its =
            |slot: &Slot| matches!(table.state(*slot), SlotState::Owned(owner) if owner.life.id.number() == id);
        Slot::all().filter(is_its).count()
    }

    /// All that is on its way arrives.
    fn arrive(balancer: &mut Balancer, table: &SlotTable) {
        balancer.note_arrived(Slot::all().filter_map(|slot| match table.state(slot) {
            SlotState::Moving { to, .. } => Some((slot, to)),
            _ => None,
        }));
    }

    fn settle(balancer: &mut Balancer, mut table: SlotTable) -> SlotTable {
        for _ in 0..200 {
            arrive(balancer, &table);
            match balancer.next(&table) {
                Some(next) => table = next,
                None => return table,
            }
        }
        panic!("the table never comes to rest")
    }

    #[test]
    fn the_first_node_owns_all_and_the_next_one_half() {
        let mut balancer = Balancer::default();
        balancer.set_nodes([record(1, false)]);
        let table = settle(&mut balancer, SlotTable::default());
        assert_eq!(count(&table, 1), usize::from(SLOTS));
        balancer.set_nodes([record(1, false), record(2, false)]);
        let table = settle(&mut balancer, table);
        assert_eq!((count(&table, 1), count(&table, 2)), (2048, 2048));
    }

    #[test]
    fn a_slot_is_not_given_before_it_has_arrived() {
        let mut balancer = Balancer::default();
        balancer.set_nodes([record(1, false)]);
        let table = settle(&mut balancer, SlotTable::default());
        balancer.set_nodes([record(1, false), record(2, false)]);
        let moving = balancer.next(&table).unwrap();
        assert_eq!(balancer.next(&moving), None);
        assert_eq!(count(&moving, 2), 0);
        arrive(&mut balancer, &moving);
        assert_eq!(count(&balancer.next(&moving).unwrap(), 2), 512);
    }

    #[test]
    fn nothing_arrives_for_who_does_not_know_the_nodes_yet() {
        let mut balancer = Balancer::default();
        balancer.set_nodes([record(1, false)]);
        let table = settle(&mut balancer, SlotTable::default());
        balancer.set_nodes([record(1, false), record(2, false)]);
        let moving = balancer.next(&table).unwrap();
        assert_eq!(Balancer::default().next(&moving), None);
    }

    #[test]
    fn the_slots_of_a_node_without_lease_arrive_at_once() {
        let mut balancer = Balancer::default();
        balancer.set_nodes([record(1, false), record(2, false)]);
        let table = settle(&mut balancer, SlotTable::default());
        balancer.set_nodes([record(1, false)]);
        let table = balancer.next(&table).unwrap();
        assert_eq!(count(&table, 1), usize::from(SLOTS));
    }

    #[test]
    fn who_serves_nothing_with_keys_has_slots_only_while_nobody_else_does() {
        let mut balancer = Balancer::default();
        let keyless = || record(1, false).keyless(true);
        balancer.set_nodes([keyless()]);
        let table = settle(&mut balancer, SlotTable::default());
        assert_eq!(count(&table, 1), usize::from(SLOTS));
        balancer.set_nodes([keyless(), record(2, false)]);
        let table = settle(&mut balancer, table);
        assert_eq!((count(&table, 1), count(&table, 2)), (0, usize::from(SLOTS)));
        balancer.set_nodes([keyless(), record(2, true)]);
        let table = settle(&mut balancer, table);
        assert_eq!((count(&table, 1), count(&table, 2)), (usize::from(SLOTS), 0), "somebody must");
    }

    #[test]
    fn a_node_that_leaves_hands_over_all_it_has() {
        let mut balancer = Balancer::default();
        balancer.set_nodes([record(1, false), record(2, false)]);
        let table = settle(&mut balancer, SlotTable::default());
        balancer.set_nodes([record(1, false), record(2, true)]);
        let table = settle(&mut balancer, table);
        assert_eq!((count(&table, 1), count(&table, 2)), (usize::from(SLOTS), 0));
    }
}
