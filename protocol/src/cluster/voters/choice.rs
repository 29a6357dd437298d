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
        let wants = |voter: &NodeId| match view.standing(*voter) {
            Standing::Up => !view.is_able(*voter),
            Standing::Leaving | Standing::Gone => true,
            Standing::Down => false,
        };
        let goes = |voter: &&NodeId| wants(voter) || lost.contains(voter);
        let (out, kept): (BTreeSet<NodeId>, BTreeSet<NodeId>) = view.voters.iter().partition(|voter| goes(voter));
        let more = view.members.keys().filter(|node| view.is_able(**node) && !view.voters.contains(node));
        let able = kept.len() + more.count();
        let mut choice = Choice { view, kept, out, target: odd(able) };
        if choice.target < 3 && lost.iter().any(|node| view.voters.contains(node)) {
            // Only one would be left, with the only copy: rather wait for those that are down.
            choice.out.retain(wants);
            choice.kept = view.voters.difference(&choice.out).copied().collect();
            choice.target = choice.kept.len();
        }
        choice
    }

    /// The next change, if there has to be one and it can be made.
    pub fn next_change(&self) -> Option<Command> {
        if !self.view.has_quorum(&self.view.voters) {
            return None;
        }
        // Before anybody else comes to vote: of three the leader and one more are a majority for whoever follows it.
        if self.out.contains(&self.view.leader)
            && let Some(heir) = self.heir()
        {
            return Some(Command::Yield(heir));
        }
        let substitutes = self.substitutes();
        if let Some(learner) = self.view.learners.keys().find(|learner| self.is_stray(**learner, &substitutes)) {
            return Some(Command::Remove(*learner));
        }
        if let Some(substitute) = substitutes.iter().find(|node| !self.view.learners.contains_key(node)) {
            return Some(Command::Add(*substitute));
        }
        // One too many vote while one takes another's place, never two.
        if substitutes.is_empty() || self.view.voters.len() > self.target {
            self.removal()
        } else {
            self.promotion(&substitutes)
        }
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

    /// An even number of voters is of no use: it is passed through, not stopped at.
    fn promotion(&self, substitutes: &[NodeId]) -> Option<Command> {
        let ready: Vec<NodeId> =
            substitutes.iter().copied().filter(|node| self.view.learners.get(node) == Some(&true)).collect();
        let more = *ready.first()?;
        let mut after = self.view.voters.clone();
        after.insert(more);
        let goes_on = after.len() % 2 == 1 || ready.len() > 1 || !self.out.is_empty();
        (goes_on && self.view.has_quorum(&after)).then_some(Command::Promote(more))
    }

    fn removal(&self) -> Option<Command> {
        let surplus = self.kept.len() > self.target;
        let from = if self.out.is_empty() && surplus { &self.kept } else { &self.out };
        let worst = from.iter().copied().max_by_key(|node| {
            let is_leader = *node == self.view.leader;
            let (_, witness, crowd, _) = self.rank(*node, from);
            (!is_leader, self.view.standing(*node), witness, crowd, *node)
        })?;
        if worst == self.view.leader {
            return None; // it waits for an heir
        }
        if self.goes_without(worst) {
            let change = if self.view.is_able(worst) { Command::Demote } else { Command::Remove };
            return Some(change(worst));
        }
        // It goes in any case, and then nothing could be decided any more: so those go first that are down.
        let down = |voter: &&NodeId| self.view.standing(**voter) >= Standing::Down;
        let is_leaving = self.view.standing(worst) == Standing::Leaving;
        let down = self.view.voters.iter().filter(down).max_by_key(|voter| self.view.standing(**voter));
        down.filter(|_| is_leaving).map(|voter| Command::Remove(*voter))
    }

    /// Who leads when the leader goes.
    fn heir(&self) -> Option<NodeId> {
        let able = self.view.voters.iter().copied();
        let able = able.filter(|voter| *voter != self.view.leader && self.view.is_able(*voter));
        able.min_by_key(|voter| self.rank(*voter, &self.kept))
    }

    fn goes_without(&self, voter: NodeId) -> bool {
        let mut after = self.view.voters.clone();
        after.remove(&voter);
        self.view.has_quorum(&after)
    }
}

/// How many of so many nodes vote: the most that are odd and no more than five.
fn odd(able: usize) -> usize {
    let able = able.min(VOTERS_MAX);
    able - usize::from(able.is_multiple_of(2) && able > 0)
}
