use super::nodes::Nodes;
use super::quota::quotas;
use super::ring::preferences;
use crate::cluster::slots::{SLOTS, SlotState, SlotTable};

/// Which taker shall have each slot in the end, however many moves that takes.
pub(super) struct Draft<'a> {
    nodes: &'a Nodes<'a>,
    states: Vec<SlotState>,
    preferred: Vec<Option<usize>>,
    /// Of each slot, the taker; `None` for those that need one.
    to: Vec<Option<usize>>,
    /// How many more each taker shall get, and how many each shall lose.
    room: Vec<usize>,
    over: Vec<usize>,
}

impl<'a> Draft<'a> {
    /// Everybody keeps what they have.
    pub fn new(table: &SlotTable, nodes: &'a Nodes<'a>) -> Self {
        let states: Vec<SlotState> = table.states().collect();
        let to: Vec<Option<usize>> = states.iter().map(|state| keeper(state, nodes)).collect();
        let mut owned = vec![0; nodes.takers.len()];
        to.iter().flatten().for_each(|taker| owned[*taker] += 1);
        let quotas = quotas(&nodes.takers, &owned);
        let missing = |(quota, owned): (&usize, &usize)| quota.saturating_sub(*owned);
        let room = quotas.iter().zip(&owned).map(missing).collect();
        let over = owned.iter().zip(&quotas).map(missing).collect();
        Draft { nodes, states, preferred: preferences(&nodes.takers), to, room, over }
    }

    /// Gives every slot without a taker to one that has room, and takes from those who have too many.
    ///
    /// Those without a taker choose first, so that the preference of a slot whose owner is gone counts for more than
    /// that of one whose owner has too many.
    pub fn complete(mut self) -> Vec<Option<usize>> {
        self.give(|draft, slot| draft.to[slot].is_none(), Self::preferred_with_room);
        self.give(Self::is_surplus, Self::preferred_with_room);
        self.give(|draft, slot| draft.to[slot].is_none(), Self::any_with_room);
        self.give(Self::is_surplus, Self::any_with_room);
        self.to
    }

    fn give(&mut self, which: impl Fn(&Self, usize) -> bool, whom: impl Fn(&Self, usize) -> Option<usize>) {
        for slot in 0..usize::from(SLOTS) {
            if !which(self, slot) {
                continue;
            }
            let Some(taker) = whom(self, slot) else { continue };
            if let Some(giver) = self.to[slot].replace(taker) {
                self.over[giver] -= 1;
            }
            self.room[taker] -= 1;
        }
    }

    /// Whether the slot's owner has too many, and can begin to give this one: what is on its way already arrives first.
    fn is_surplus(&self, slot: usize) -> bool {
        let at_home = |taker: usize| self.states[slot].holder().map(|holder| holder.life) == Some(self.life(taker));
        self.to[slot].is_some_and(|taker| self.over[taker] > 0 && at_home(taker))
    }

    fn preferred_with_room(&self, slot: usize) -> Option<usize> {
        self.preferred[slot].filter(|taker| self.room[*taker] > 0)
    }

    /// In the slot's zone if it can be, and there whoever lacks most.
    fn any_with_room(&self, slot: usize) -> Option<usize> {
        let holder = self.states[slot].holder().and_then(|holder| self.nodes.living(holder.life));
        let zone = holder.and_then(|candidate| candidate.zone.as_deref());
        let with_room = (0..self.room.len()).filter(|taker| self.room[*taker] > 0);
        with_room.max_by_key(|taker| {
            let is_near = zone.is_some() && self.nodes.takers[*taker].zone.as_deref() == zone;
            (is_near, self.room[*taker], usize::MAX - taker)
        })
    }

    fn life(&self, taker: usize) -> crate::cluster::Life {
        self.nodes.takers[taker].life
    }
}

/// Who has the slot or is about to get it; `None` if that one may not own any.
fn keeper(state: &SlotState, nodes: &Nodes<'_>) -> Option<usize> {
    let taker = |tenure: &super::super::Tenure| nodes.taker(tenure.life);
    match state {
        SlotState::Unowned => None,
        SlotState::Owned(owner) => taker(owner),
        SlotState::Moving { from, to } => taker(to).or_else(|| taker(from)),
    }
}
