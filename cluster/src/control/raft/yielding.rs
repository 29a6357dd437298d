//! How a node gives up its part in the control plane before it goes.

use std::collections::BTreeSet;
use std::time::Duration;

use consort_protocol::cluster::NodeId;
use tokio::time::{Instant, sleep, timeout_at};

use super::super::store::ReadError;
use super::wire::{Answer, Ask, Look, Refusal, Request};
use super::{GroupError, RaftStore};

/// What may be true in a moment is looked at again.
const LOOK: Duration = Duration::from_millis(10);

/// Writes wait no longer for a change of leaders: some round trips on a busy machine.
const HELD_UP: Duration = Duration::from_secs(2);

impl RaftStore {
    /// Who votes, as the leader knows it and it is agreed on. A node that was removed learns so from this: it may not have
    /// heard that it was. Cancel safe.
    ///
    /// # Errors
    ///
    /// Without a leader, or while the voters are being changed, for as long as the store has patience; see [`ReadError`].
    pub async fn voters(&self) -> Result<BTreeSet<NodeId>, ReadError> {
        match self.seat.ask(Ask::Look(Look::Voters)).await {
            Ok(Answer::Voters(voters)) => Ok(voters.into_iter().filter_map(NodeId::new).collect()),
            Err(Refusal::Stopped { reason }) => Err(ReadError::Stopped { reason }),
            Ok(_) | Err(_) => Err(ReadError::NoQuorum),
        }
    }

    /// Has another voter lead, now, where the end of this node would leave the others without a leader for an election
    /// timeout. Soon after an election, and with more than three voters, it may come to that all the same: others have heard of
    /// this node a moment ago, and elect nobody yet. The plan of who votes goes down to three before. On the leader;
    /// nothing is to be done if it is this one. Not cancel safe.
    ///
    /// # Errors
    ///
    /// See [`GroupError`]. [`GroupError::NoQuorum`] if this node still leads, or nobody does, for two seconds. Writes wait
    /// meanwhile.
    pub async fn yield_to(&self, node: NodeId) -> Result<(), GroupError> {
        let deadline = Instant::now() + self.seat.patience.min(HELD_UP);
        // what is written meanwhile the other one would not have, and nobody elects who lacks something
        let writing = timeout_at(deadline, self.seat.writing.write()).await;
        let _held = writing.map_err(|_| GroupError::NoQuorum)?;
        // else it might win the election that it asks for
        self.seat.raft.runtime_config().elect(false);
        let handed_over = timeout_at(deadline, self.hand_over_to(node)).await;
        self.seat.raft.runtime_config().elect(true);
        handed_over.unwrap_or(Err(GroupError::NoQuorum))
    }

    async fn hand_over_to(&self, node: NodeId) -> Result<(), GroupError> {
        let group = self.group();
        if !group.leads {
            return Err(GroupError::NotLeader { leader: group.leader });
        }
        if node.number() == self.seat.id {
            return Ok(());
        }
        // one that has not all there is would not be elected
        while !self.group().current.contains(&node) {
            sleep(LOOK).await;
        }
        self.seat.net.send(node, Request::Elect.to_bytes()).await.map_err(|_| GroupError::NoQuorum)?;
        while self.group().leader.is_none_or(|leader| leader.number() == self.seat.id) {
            if let Some(reason) = self.seat.stopped() {
                return Err(GroupError::Stopped { reason });
            }
            sleep(LOOK).await;
        }
        Ok(())
    }
}
