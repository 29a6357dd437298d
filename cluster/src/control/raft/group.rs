//! Who votes: [`Group`], and how that changes.

use std::collections::BTreeSet;
use std::time::Duration;

use consort_protocol::cluster::NodeId;
pub use consort_protocol::cluster::voters::VOTERS_MAX;
use openraft::error::{ClientWriteError, InitializeError, RaftError};
use openraft::{ChangeMembers, EmptyNode, ServerState};
use tokio::time::timeout;

use super::RaftStore;
use super::wire::Request;

/// Who votes, as one node sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Who leads, if anybody does.
    pub leader: Option<NodeId>,
    /// Whether this node does.
    pub leads: bool,
    /// The term: each leader has a higher one than those before.
    pub term: u64,
    /// Who votes; while that is being changed, who shall. Empty on a node that was never part of the group.
    pub voters: BTreeSet<NodeId>,
    /// A change of the voters was begun and has not ended: a majority of those before has to agree to everything as well.
    /// A leader that was lost meanwhile leaves it so. [`RaftStore::seat`] ends it.
    pub is_changing: bool,
    /// Who is told everything and does not vote (yet).
    pub learners: BTreeSet<NodeId>,
    /// Learners and voters whose logs are as good as the leader's: a learner among them may come to vote. Only the
    /// leader knows.
    pub current: BTreeSet<NodeId>,
}

/// The group was not changed, or it is not known whether it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GroupError {
    /// Only the leader can. Nothing was changed.
    #[error("this node does not lead the control plane{}", match .leader { Some(leader) => format!("; {leader} does"), None => String::new() })]
    NotLeader {
        /// Who does, as far as is known.
        leader: Option<NodeId>,
    },
    /// Another change is under way. Nothing was changed.
    #[error("the voters are being changed already")]
    Busy,
    /// There would be no voter, or more than [`VOTERS_MAX`]. Nothing was changed.
    #[error("there would be {voters} voters; 1 to {VOTERS_MAX} are allowed")]
    Count {
        /// How many there would be.
        voters: usize,
    },
    /// The node does not learn, and so cannot come to vote. Nothing was changed.
    #[error("node {node} does not learn yet, and cannot vote before it does: add it as a learner")]
    NoLearner {
        /// The node.
        node: NodeId,
    },
    /// The node votes, and cannot be removed. Nothing was changed.
    #[error("node {node} votes, and cannot be removed before others vote in its place")]
    Votes {
        /// The node.
        node: NodeId,
    },
    /// The node is part of a group already, and cannot found one. Nothing was changed.
    #[error("this node is part of a control plane already")]
    Founded,
    /// No majority in time. The change may have been made, or may still be.
    #[error("the control plane has no quorum [C0070]")]
    NoQuorum,
    /// The node is closed, or its disk failed.
    #[error("the control plane of this node has stopped: {reason} [C0077]")]
    Stopped {
        /// Why.
        reason: String,
    },
}

impl RaftStore {
    /// Founds a group in which this node is the only voter. For the first node of a cluster, once; all others are
    /// added. Two nodes that do so are two clusters. Not cancel safe: it may be founded nevertheless.
    ///
    /// # Errors
    ///
    /// [`GroupError::Founded`] if the node is part of a group already; after a restart with its data it is.
    pub async fn found(&self) -> Result<(), GroupError> {
        let founded = self.seat.raft.initialize(BTreeSet::from([self.seat.id])).await;
        founded.map_err(|error| match error {
            RaftError::APIError(InitializeError::NotAllowed(_) | InitializeError::NotInMembers(_)) => {
                GroupError::Founded
            }
            RaftError::Fatal(error) => GroupError::Stopped { reason: error.to_string() },
        })
    }

    /// Who votes, as this node sees it.
    pub fn group(&self) -> Group {
        let metrics = self.seat.raft.metrics();
        let metrics = metrics.borrow();
        let membership = metrics.membership_config.membership();
        let ids = |ids: &mut dyn Iterator<Item = u64>| ids.filter_map(NodeId::new).collect::<BTreeSet<_>>();
        let configs = membership.get_joint_config();
        let replication = metrics.replication.as_ref();
        let current = replication
            .into_iter()
            .flatten()
            .filter(|(_, at)| at.map(|at| at.index) >= metrics.last_applied.map(|at| at.index));
        Group {
            leader: metrics.current_leader.and_then(NodeId::new),
            leads: metrics.state == ServerState::Leader,
            term: metrics.current_term,
            voters: ids(&mut configs.last().into_iter().flatten().copied()),
            is_changing: configs.len() > 1,
            learners: ids(&mut membership.learner_ids()),
            current: ids(&mut current.map(|(id, _)| *id)),
        }
    }

    /// Waits until [`group`](Self::group) is different from what was seen. Cancel safe. `None` once the store is
    /// closed.
    pub async fn group_changed(&self, seen: &Group) -> Option<Group> {
        let mut metrics = self.seat.raft.metrics();
        loop {
            let closed = metrics.borrow_and_update().running_state.is_err();
            let group = self.group();
            if closed {
                return None;
            }
            if group != *seen {
                return Some(group);
            }
            metrics.changed().await.ok()?;
        }
    }

    /// Lets a node be told everything, from now on. It does not vote yet. On the leader. Not cancel safe.
    ///
    /// # Errors
    ///
    /// See [`GroupError`].
    pub async fn add_learner(&self, node: NodeId) -> Result<(), GroupError> {
        if self.group().learners.contains(&node) || self.group().voters.contains(&node) {
            return Ok(());
        }
        self.change(ChangeMembers::AddNodes([(node.number(), EmptyNode {})].into()), true).await
    }

    /// Has these vote and nobody else, in one change: until it is made a majority of those before has to agree, and one of
    /// these, so that no number in between ever decides. All have to vote already or to learn; do so when they are
    /// [current](Group::current): until then, the group waits for them. Who votes no more learns on. On the leader, which
    /// is to be one of them: else it leads until that is agreed on, and then stops. Not cancel safe: a change that was
    /// begun is [to be ended](Group::is_changing), by whoever leads then.
    ///
    /// # Errors
    ///
    /// See [`GroupError`].
    pub async fn seat(&self, voters: &BTreeSet<NodeId>) -> Result<(), GroupError> {
        if !(1..=VOTERS_MAX).contains(&voters.len()) {
            return Err(GroupError::Count { voters: voters.len() });
        }
        let group = self.group();
        if group.voters == *voters && !group.is_changing {
            return Ok(());
        }
        let voters = voters.iter().map(|node| node.number()).collect();
        self.seat.leases.alone.end(&self.seat.raft.metrics().borrow().membership_config);
        self.change(ChangeMembers::ReplaceAllVoters(voters), true).await
    }

    /// Takes a learner out: it is told nothing any more but that, if it can be reached. On the leader. Not cancel safe.
    ///
    /// # Errors
    ///
    /// See [`GroupError`].
    pub async fn remove(&self, node: NodeId) -> Result<(), GroupError> {
        let group = self.group();
        if group.voters.contains(&node) {
            return Err(GroupError::Votes { node });
        }
        if group.learners.contains(&node) {
            self.change(ChangeMembers::RemoveNodes([node.number()].into()), true).await?;
        }
        self.dismiss(node);
        Ok(())
    }

    /// Says so to a node that was removed: it would find out only by the silence, and act on what is old until then.
    fn dismiss(&self, node: NodeId) {
        let (net, patience) = (self.seat.net.clone(), self.seat.patience);
        if node.number() != self.seat.id {
            tokio::spawn(async move {
                // an error is a node that does not hear anything anyway
                let _ = timeout(patience, net.send(node, Request::Dismiss.to_bytes())).await;
            });
        }
    }

    async fn change(&self, change: ChangeMembers<u64, EmptyNode>, retain: bool) -> Result<(), GroupError> {
        // Two steps to agree on, each of which may need a leader to be elected.
        let patience: Duration = self.seat.patience * 2;
        let changed = timeout(patience, self.seat.raft.change_membership(change, retain)).await;
        match changed {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(RaftError::Fatal(error))) => Err(GroupError::Stopped { reason: error.to_string() }),
            Ok(Err(RaftError::APIError(ClientWriteError::ForwardToLeader(leader)))) => {
                Err(GroupError::NotLeader { leader: leader.leader_id.and_then(NodeId::new) })
            }
            Ok(Err(RaftError::APIError(ClientWriteError::ChangeMembershipError(error)))) => Err(self.refused(error)),
            Err(_) => Err(GroupError::NoQuorum),
        }
    }

    fn refused(&self, error: openraft::error::ChangeMembershipError<u64>) -> GroupError {
        use openraft::error::ChangeMembershipError::{EmptyMembership, InProgress, LearnerNotFound};
        match error {
            InProgress(_) => GroupError::Busy,
            EmptyMembership(_) => GroupError::Count { voters: 0 },
            LearnerNotFound(error) => match NodeId::new(error.node_id) {
                Some(node) => GroupError::NoLearner { node },
                None => GroupError::Busy,
            },
        }
    }
}
