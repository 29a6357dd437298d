use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::NodeId;
use crate::cluster::members::Vote;

/// What the leader of the control plane knows: who there is, and who votes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The node that leads, and commands the changes. It always goes on voting: who follows it takes its vote.
    pub leader: NodeId,
    /// Everybody that may hold the control plane. Who is not listed is down.
    pub members: BTreeMap<NodeId, Applicant>,
    /// Who votes; while that is being changed, who shall.
    pub voters: BTreeSet<NodeId>,
    /// A change of the voters was begun and not ended, as by a leader that was lost meanwhile: until it is, those before
    /// have to agree as well.
    pub is_changing: bool,
    /// Who learns, and whether it knows all that there is, but for what is just being written.
    pub learners: BTreeMap<NodeId, bool>,
}

/// A node that may hold the control plane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applicant {
    /// Whether it can.
    pub standing: Standing,
    /// What fails together with it.
    pub zone: Option<Box<str>>,
    /// Whether it wants to. Of those that do witnesses come last, so they vote where there are too few others.
    pub vote: Vote,
}

/// Whether a node can vote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It can.
    #[default]
    Up,
    /// It still does, and wants to be rid of it.
    Leaving,
    /// It does not answer.
    Down,
    /// It does not answer, and will not: another node is where it was.
    Gone,
}

impl View {
    /// Whether it votes if it is chosen.
    pub(super) fn is_able(&self, node: NodeId) -> bool {
        self.members.get(&node).is_some_and(|member| member.standing == Standing::Up && member.vote != Vote::Never)
    }

    pub(super) fn standing(&self, node: NodeId) -> Standing {
        self.members.get(&node).map_or(Standing::Down, |member| member.standing)
    }

    /// Whether these voters could decide anything now.
    pub(super) fn has_quorum(&self, voters: &BTreeSet<NodeId>) -> bool {
        let alive = voters.iter().filter(|voter| self.standing(**voter) < Standing::Down).count();
        alive > voters.len() / 2
    }
}
