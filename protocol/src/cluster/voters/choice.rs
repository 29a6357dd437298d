//! Who shall vote, of those there are.

use std::collections::BTreeSet;

use super::{Command, Standing, VOTERS_MAX, View};
use crate::cluster::NodeId;
use crate::cluster::members::Vote;

/// What a view asks for.
pub(super) struct Choice<'a> {
    view: &'a View,
    /// Voters that stay.
    kept: BTreeSet<NodeId>,
    /// Voters that shall go: who leaves, and who was down for long, or for good.
    out: BTreeSet<NodeId>,
    /// How many shall vote.
    target: usize,
}

impl<'a> Choice<'a> {
    /// `lost` are those that have been down for long.
    pub fn new(view: &'a View, lost: &BTreeSet<NodeId>) -> Self {
        let goes = |voter: &&NodeId| match view.standing(**voter) {
            Standing::Up => !view.is_able(**voter),
            Standing::Leaving | Standing::Gone => true,
            Standing::Down => lost.contains(*voter),
        };
        let (out, kept): (BTreeSet<NodeId>, BTreeSet<NodeId>) = view.voters.iter().partition(goes);
        let mut choice = Choice { view, kept, out, target: 0 };
        let more = view.members.keys().filter(|node| view.is_able(**node) && !view.voters.contains(node)).count();
        choice.target = odd(choice.kept.len() + more);
        if choice.target < 3 && choice.waits_for(lost) {
            (choice.out, choice.kept, choice.target) = (BTreeSet::new(), view.voters.clone(), view.voters.len());
        } else if !choice.kept.contains(&view.leader) && choice.heirs().is_empty() {
            choice.keep_leader(more);
        }
        choice
    }

    /// Only one voter would be left, with the only copy that counts: rather wait for those that are down. Who leaves goes
    /// in any case, and with it nothing could be decided any more.
    fn waits_for(&self, lost: &BTreeSet<NodeId>) -> bool {
        let is_leaving = |voter: &NodeId| self.view.standing(*voter) == Standing::Leaving;
        self.view.voters.iter().any(|voter| lost.contains(voter)) && !self.view.voters.iter().any(is_leaving)
    }

    /// It shall go, and nobody could follow it: it votes on until somebody can. With one other node that takes two voters.
    fn keep_leader(&mut self, more: usize) {
        self.out.remove(&self.view.leader);
        self.kept.insert(self.view.leader);
        let able = self.kept.len() + more;
        self.target = if able == 2 { 2 } else { odd(able) };
    }

    /// The next change, if there has to be one and it can be made.
    pub fn next_change(&self) -> Option<Command> {
        if !self.view.has_quorum(&self.view.voters) {
            return None;
        }
        // Before anybody else comes to vote: of three the leader and one more are a majority for whoever follows it.
        if !self.kept.contains(&self.view.leader)
            && let Some(heir) = self.heirs().first()
        {
            return Some(self.three().map_or(Command::Yield(*heir), Command::Seat));
        }
        if self.view.is_changing {
            return Some(Command::Seat(self.view.voters.clone()));
        }
        let substitutes = self.substitutes();
        if let Some(learner) = self.view.learners.keys().find(|learner| self.is_stray(**learner, &substitutes)) {
            return Some(Command::Remove(*learner));
        }
        if let Some(substitute) = substitutes.iter().find(|node| !self.view.learners.contains_key(node)) {
            return Some(Command::Add(*substitute));
        }
        let next = self.next_voters(&substitutes);
        (next != self.view.voters && self.view.has_quorum(&next)).then_some(Command::Seat(next))
    }

    /// Who shall vote and does not yet, the best first.
    fn substitutes(&self) -> Vec<NodeId> {
        let (mut seated, mut chosen) = (self.kept.clone(), Vec::new());
        while seated.len() < self.target {
            let able =
                self.view.members.keys().copied().filter(|node| {
                    self.view.is_able(*node) && !self.view.voters.contains(node) && !seated.contains(node)
                });
            let Some(best) = able.min_by_key(|node| self.rank(*node, &seated)) else { break };
            seated.insert(best);
            chosen.push(best);
        }
        chosen
    }

    /// Whether it learns to no end. Who leaves is told to the end: without that it would look at what was, and wait for
    /// what it does not see. Others may be needed soon, as long as there are no more of them than may vote.
    fn is_stray(&self, learner: NodeId, substitutes: &[NodeId]) -> bool {
        let known = self.view.voters.len() + self.view.learners.len();
        let is_wanted = self.view.standing(learner) == Standing::Leaving
            || self.view.is_able(learner) && (known <= VOTERS_MAX || substitutes.contains(&learner));
        !is_wanted
    }

    /// How little a node is wanted beside those: who learns already is wanted more, or somebody new would be taught at
    /// every change of the members.
    fn rank(&self, node: NodeId, seated: &BTreeSet<NodeId>) -> (bool, bool, usize, NodeId) {
        let witness = self.view.members.get(&node).is_some_and(|member| member.vote == Vote::Witness);
        (!self.view.learners.contains_key(&node), witness, self.crowd(node, seated), node)
    }

    /// How many of those are in the node's zone. Nodes of no zone are each in one of their own.
    fn crowd(&self, node: NodeId, seated: &BTreeSet<NodeId>) -> usize {
        let zone = |node: &NodeId| self.view.members.get(node)?.zone.as_deref();
        let own = zone(&node);
        seated.iter().filter(|other| **other != node && own.is_some() && zone(other) == own).count()
    }

    /// Who votes after the next change: those that shall, as far as they have learned, and an odd number of them.
    fn next_voters(&self, substitutes: &[NodeId]) -> BTreeSet<NodeId> {
        let mut next = self.kept.clone();
        while next.len() > self.target {
            self.drop_worst(&mut next);
        }
        let ready = |node: &NodeId| self.view.learners.get(node) == Some(&true);
        let mut ready: Vec<NodeId> = substitutes.iter().copied().filter(ready).collect();
        // Who shall go is as good as anybody until those have learned that are to take its place; who is down is only good
        // for not leaving an even number.
        let mut stays: Vec<NodeId> = self.out.iter().copied().collect();
        stays.sort_by_key(|node| (self.view.standing(*node), *node));
        let mut stays = stays.into_iter().peekable();
        let count = |next: &BTreeSet<NodeId>| next.len() + ready.len();
        while count(&next) < self.target.min(self.view.voters.len())
            && let Some(up) = stays.next_if(|node| self.view.standing(*node) < Standing::Down)
        {
            next.insert(up);
        }
        if count(&next).is_multiple_of(2) && count(&next) < self.target {
            if let Some(down) = stays.next() {
                next.insert(down);
            } else if ready.pop().is_none() {
                self.drop_worst(&mut next);
            }
        }
        next.extend(ready);
        let is_leaving = self.out.iter().any(|node| self.view.standing(*node) == Standing::Leaving);
        while is_leaving && next.len() > 1 && !self.view.has_quorum(&next) {
            // They leave in any case, and then nothing could be decided any more: so those go as well that are down.
            self.drop_worst(&mut next);
            self.drop_worst(&mut next);
        }
        next
    }

    /// The leader is never the worst.
    fn drop_worst(&self, voters: &mut BTreeSet<NodeId>) {
        let worst = voters.iter().copied().filter(|node| *node != self.view.leader).max_by_key(|node| {
            let (_, witness, crowd, _) = self.rank(*node, voters);
            (self.view.standing(*node), witness, crowd, *node)
        });
        worst.map(|worst| voters.remove(&worst));
    }

    /// Who may lead when the leader goes, the best first.
    fn heirs(&self) -> Vec<NodeId> {
        let able = self.view.voters.iter().copied();
        let able = able.filter(|voter| *voter != self.view.leader && self.view.is_able(*voter));
        let mut able: Vec<NodeId> = able.collect();
        able.sort_by_key(|voter| self.rank(*voter, &self.kept));
        able
    }

    /// Those with which a leader hands over, where more vote: of three it and its heir are a majority. Others have heard of
    /// it a moment ago, and would elect nobody until they could have missed it.
    fn three(&self) -> Option<BTreeSet<NodeId>> {
        let heirs = self.heirs();
        let too_many = self.view.voters.len() > 3 && !self.view.is_changing && heirs.len() > 1;
        too_many.then(|| heirs.into_iter().take(2).chain([self.view.leader]).collect())
    }
}

/// How many of so many nodes vote: the most that are odd and no more than five.
fn odd(able: usize) -> usize {
    let able = able.min(VOTERS_MAX);
    able - usize::from(able.is_multiple_of(2) && able > 0)
}
