//! [`Shares`]: how many slots each node has.

use std::collections::BTreeMap;
use std::fmt;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::{Epoch, SlotState, SlotTable};

/// How the slots are spread over the nodes, under one epoch. Printed as one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// Of the slot table.
    pub epoch: Epoch,
    /// Who has any, or gets any.
    pub nodes: BTreeMap<Life, Share>,
    /// Slots that never had an owner.
    pub nobodys: usize,
}

/// The slots of one node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Those it may act in: also those that it is about to hand over.
    pub held: usize,
    /// Those of them that are about to go to others.
    pub going: usize,
    /// Those that are on their way to it.
    pub coming: usize,
}

impl Shares {
    pub(super) fn of(table: &SlotTable) -> Self {
        let mut shares = Shares { epoch: table.epoch(), ..Shares::default() };
        for state in table.states() {
            match state {
                SlotState::Unowned => shares.nobodys += 1,
                SlotState::Owned(owner) => shares.of_node(owner.life).held += 1,
                SlotState::Moving { from, to } => {
                    let share = shares.of_node(from.life);
                    (share.held, share.going) = (share.held + 1, share.going + 1);
                    shares.of_node(to.life).coming += 1;
                }
            }
        }
        shares
    }

    fn of_node(&mut self, life: Life) -> &mut Share {
        self.nodes.entry(life).or_default()
    }

    /// Whether every slot has an owner and none is on its way.
    pub fn is_settled(&self) -> bool {
        self.nobodys == 0 && self.nodes.values().all(|share| share.coming == 0)
    }
}

impl fmt::Display for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {}", self.epoch)?;
        for (life, Share { held, going, coming }) in &self.nodes {
            write!(f, "; {life} has {held} slots")?;
            if going + coming > 0 {
                write!(f, " ({going} going, {coming} coming)")?;
            }
        }
        if self.nobodys > 0 { write!(f, "; {} are nobody's", self.nobodys) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use consort_protocol::cluster::slots::{SLOTS, Slot, Tenure};
    use consort_protocol::cluster::{Generation, NodeId};

    use super::*;

    #[test]
    fn a_slot_on_its_way_is_held_by_who_has_it() {
        let tenure = |id, since| Tenure {
            life: Life { id: NodeId::new(id).unwrap(), generation: Generation(1) },
            since: Epoch(since),
        };
        let (first, second) = (tenure(1, 1), tenure(2, 2));
        let owned = Slot::all().map(|slot| (slot, SlotState::Owned(first)));
        let moving = SlotState::Moving { from: first, to: second };
        let table = SlotTable::default().with(owned).with([(Slot::new(7).unwrap(), moving)]);
        let shares = Shares::of(&table);
        assert_eq!(shares.nodes[&first.life], Share { held: SLOTS.into(), going: 1, coming: 0 });
        assert_eq!(shares.nodes[&second.life], Share { held: 0, going: 0, coming: 1 });
        assert!(!shares.is_settled());
        assert_eq!(
            shares.to_string(),
            "epoch 2; 0000000000000001#1 has 4096 slots (1 going, 0 coming); \
             0000000000000002#1 has 0 slots (0 going, 1 coming)"
        );
    }

    #[test]
    fn of_no_table_all_slots_are_nobodys() {
        let shares = Shares::of(&SlotTable::default());
        assert_eq!((shares.to_string(), shares.is_settled()), ("epoch 0; 4096 are nobody's".into(), false));
    }
}
