use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU16;

use super::Candidate;
use super::draft::Draft;
use super::nodes::Nodes;
use crate::cluster::Life;
use crate::cluster::slots::{Slot, SlotState, SlotTable, Tenure};

/// How many slots may be on their way at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InMotion {
    /// Slots that one living node gives, and slots that one gets from living ones. Further ones begin to move when half of
    /// them have arrived, so that each round moves many. Raise it to be done sooner; lower it to have fewer keys wait at
    /// a time. Slots of dead nodes do not count: their keys wait already.
    pub per_node: NonZeroU16,
}

/// 512 a node: a node of three that leaves is empty after some five rounds, each as long as two writes of the table take.
/// Every third of its keys waits in such a round; for handlers that run, none but those of the same slot.
impl Default for InMotion {
    fn default() -> Self {
        InMotion { per_node: const { NonZeroU16::new(512).unwrap() } }
    }
}

/// A slot that begins to move, or for the first time has an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// Which.
    pub slot: Slot,
    /// Who has it; `None` if nobody ever had.
    pub from: Option<Life>,
    /// Who gets it.
    pub to: Life,
}

/// What [`propose`] proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The table to be written, if the present one is still the one that was looked at. The same as the present one if
    /// nothing is to be changed.
    pub next: SlotTable,
    /// What moves, in the order of the slots.
    pub moves: Vec<Move>,
    /// How many slots have to move later, because enough are on their way: propose again when some have arrived.
    pub held_back: usize,
}

impl Plan {
    /// Whether there is nothing to be written.
    pub fn is_settled(&self, current: &SlotTable) -> bool {
        self.next.epoch() == current.epoch()
    }
}

/// Proposes the table that follows `current`, now that the members are these.
///
/// Who may own slots has as many as its weight is worth, rounded down or up. No slot moves that need not for that. Who
/// is missing among the `members`, or there only with a later life, is [`Down`](super::Standing::Down). If nobody may
/// own slots, all stay where they are. The same arguments in any order give the same plan, on every machine.
///
/// ```
/// use consort_protocol::cluster::slots::{Candidate, InMotion, SLOTS, SlotTable, propose};
/// use consort_protocol::cluster::{Generation, Life, NodeId};
///
/// let node = |id| Candidate::new(Life { id: NodeId::new(id).unwrap(), generation: Generation(1) });
/// let first = propose(&SlotTable::default(), &[node(1), node(2), node(3)], InMotion::default());
/// assert_eq!(first.moves.len(), SLOTS.into()); // nobody has to wait for anybody
///
/// let more = propose(&first.next, &[node(1), node(2), node(3), node(4)], InMotion::default());
/// assert_eq!(more.moves.len() + more.held_back, 1_024); // the fourth's quota, and no other slot
/// assert!(more.moves.iter().all(|it| it.to == node(4).life));
/// ```
pub fn propose(current: &SlotTable, members: &[Candidate], limit: InMotion) -> Plan {
    let nodes = Nodes::new(members);
    let wanted = Draft::new(current, &nodes).complete();
    let mut motion = Motion::of(current, &nodes, limit);
    let (mut changes, mut moves, mut held_back) = (Vec::new(), Vec::new(), 0);
    for (slot, taker) in in_order(current, &nodes, &wanted) {
        let to = Tenure { life: nodes.takers[taker].life, since: current.next_epoch() };
        let state = current.state(slot);
        let (next, from) = match state {
            SlotState::Unowned => (SlotState::Owned(to), None),
            SlotState::Owned(from) | SlotState::Moving { from, .. } if from.life == to.life => {
                (SlotState::Owned(from), Some(from.life)) // it need not move after all
            }
            SlotState::Owned(from) | SlotState::Moving { from, .. } => {
                (SlotState::Moving { from, to }, Some(from.life))
            }
        };
        if next.is_moving() && !motion.admits(state, next, &nodes) {
            held_back += 1;
            continue;
        }
        changes.push((slot, next));
        moves.extend((from != Some(to.life)).then_some(Move { slot, from, to: to.life }));
    }
    moves.sort_unstable();
    let next = if changes.is_empty() { current.clone() } else { current.with(changes) };
    Plan { next, moves, held_back }
}

/// The slots that shall have another owner, each with the taker. Those of who is leaving go before those of who has too
/// many: it is waited for.
fn in_order(current: &SlotTable, nodes: &Nodes<'_>, wanted: &[Option<usize>]) -> Vec<(Slot, usize)> {
    let wanted = Slot::all().zip(wanted).filter_map(|(slot, taker)| Some((slot, (*taker)?)));
    let is_change = |(slot, taker): &(Slot, usize)| current.owner(*slot) != Some(nodes.takers[*taker].life);
    let mut changes: Vec<_> = wanted.filter(is_change).collect();
    changes.sort_by_key(|(slot, _)| current.owner(*slot).is_some_and(|owner| nodes.taker(owner).is_some()));
    changes
}

/// How many slots each living node is giving and getting.
struct Motion {
    giving: BTreeMap<Life, u16>,
    getting: BTreeMap<Life, u16>,
    /// Those that have more than half of the limit on their way: it has to arrive first.
    giving_many: BTreeSet<Life>,
    getting_many: BTreeSet<Life>,
    limit: u16,
}

impl Motion {
    /// What is on its way now.
    fn of(table: &SlotTable, nodes: &Nodes<'_>, limit: InMotion) -> Self {
        let limit = limit.per_node.get();
        let (giving, getting, giving_many, getting_many) = Default::default();
        let mut motion = Motion { giving, getting, giving_many, getting_many, limit };
        for state in table.states() {
            motion.count(state, nodes, true);
        }
        let many = |counts: &BTreeMap<Life, u16>| {
            counts.iter().filter(|(_, count)| **count > limit / 2).map(|(life, _)| *life).collect()
        };
        (motion.giving_many, motion.getting_many) = (many(&motion.giving), many(&motion.getting));
        motion
    }

    /// Whether a slot may go from the one state to the other. If so, it is counted.
    fn admits(&mut self, now: SlotState, next: SlotState, nodes: &Nodes<'_>) -> bool {
        self.count(now, nodes, false);
        let SlotState::Moving { from, to } = next else { return true };
        let has_room = |counts: &BTreeMap<Life, u16>, life| counts.get(&life).is_none_or(|count| *count < self.limit);
        let is_free = nodes.living(from.life).is_none();
        // what is on its way already may have to go elsewhere to arrive at all
        let waits = !now.is_moving() && (self.giving_many.contains(&from.life) || self.getting_many.contains(&to.life));
        let admits = is_free || (!waits && has_room(&self.giving, from.life) && has_room(&self.getting, to.life));
        self.count(if admits { next } else { now }, nodes, true);
        admits
    }

    fn count(&mut self, state: SlotState, nodes: &Nodes<'_>, arrives: bool) {
        let SlotState::Moving { from, to } = state else { return };
        if nodes.living(from.life).is_none() {
            return;
        }
        for count in [self.giving.entry(from.life).or_default(), self.getting.entry(to.life).or_default()] {
            *count = if arrives { *count + 1 } else { *count - 1 };
        }
    }
}
