//! [`Alone`]: whether this node decides for the cluster by itself.

use std::sync::atomic::{AtomicU64, Ordering};

use openraft::{EmptyNode, StoredMembership};
use parking_lot::Mutex;

use super::super::store::LeaseId;

/// What a node knows of being the only voter. Then nothing is decided while it stands still, and so nobody else can have
/// been given what it owns when it goes on.
#[derive(Default)]
pub(super) struct Alone {
    /// What the log says of the voters before this place may have been outvoted: others were to vote as well.
    since: AtomicU64,
    /// The lease of this node, if it has one.
    own: Mutex<Option<LeaseId>>,
}

impl Alone {
    /// The voters are about to be others. To be said before it is proposed.
    pub(super) fn end(&self, present: &StoredMembership<u64, EmptyNode>) {
        let later = present.log_id().map_or(0, |at| at.index) + 1;
        self.since.fetch_max(later, Ordering::AcqRel);
    }

    /// Whether the node of this number is the only voter, as it sees it.
    pub(super) fn is(&self, id: u64, present: &StoredMembership<u64, EmptyNode>) -> bool {
        let voters = present.membership().get_joint_config();
        let is_only_voter = matches!(&voters[..], [voters] if voters.iter().eq([&id]));
        is_only_voter && present.log_id().is_some_and(|at| at.index >= self.since.load(Ordering::Acquire))
    }

    pub(super) fn keep(&self, lease: LeaseId) {
        *self.own.lock() = Some(lease);
    }

    /// What was kept.
    pub(super) fn kept(&self) -> Option<LeaseId> {
        *self.own.lock()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use openraft::{CommittedLeaderId, LogId, Membership};

    use super::*;

    /// As the log has it at a place: one group of voters, or two while one follows the other.
    fn at(index: u64, voters: &[&[u64]]) -> StoredMembership<u64, EmptyNode> {
        let configs: Vec<BTreeSet<u64>> = voters.iter().map(|voters| voters.iter().copied().collect()).collect();
        StoredMembership::new(Some(LogId::new(CommittedLeaderId::new(1, 1), index)), Membership::new(configs, ()))
    }

    #[test]
    fn only_the_only_voter_decides_alone() {
        let alone = Alone::default();
        assert!(alone.is(1, &at(3, &[&[1]])));
        assert!(!alone.is(2, &at(3, &[&[1]])), "another one does");
        assert!(!alone.is(1, &at(3, &[&[1, 2, 3]])) && !alone.is(1, &at(3, &[&[1], &[1, 2, 3]])));
        assert!(!alone.is(1, &StoredMembership::default()), "it is part of no group");
    }

    #[test]
    fn who_is_about_to_have_others_vote_does_not_decide_alone_until_they_vote_no_more() {
        let alone = Alone::default();
        alone.end(&at(3, &[&[1]]));
        assert!(!alone.is(1, &at(3, &[&[1]])), "they may vote by now, and it has not seen it");
        alone.end(&at(5, &[&[1, 2, 3]]));
        assert!(!alone.is(1, &at(3, &[&[1]])));
        assert!(!alone.is(1, &at(7, &[&[1, 2, 3], &[1]])));
        assert!(alone.is(1, &at(8, &[&[1]])));
    }
}
