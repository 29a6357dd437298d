//! A node's place among the voters: [`Seat`].

use std::sync::Arc;
use std::time::Duration;

use openraft::error::{CheckIsLeaderError, RaftError};
use openraft::{EmptyNode, RaftMetrics, ServerState};
use parking_lot::Mutex;
use tokio::sync::{RwLock, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::super::machine::{Command, Outcome, Replica};
use super::super::store::{LeaseId, LimitError, check_range};
use super::contacts::Contacts;
use super::leases::Leases;
use super::net::ControlNet;
use super::types::Raft;
use super::wire::{Answer, Ask, Look, Refusal};

/// Watches of other nodes that wait here at a time: four each for a thousand nodes that ask one voter.
const WATCHES_MAX: usize = 4_096;

/// What one node has of the control plane. One that does not vote has an empty one, and asks others.
pub(super) struct Seat {
    pub raft: Raft,
    pub id: u64,
    pub replica: Arc<Replica>,
    pub leases: Arc<Leases>,
    pub net: Arc<dyn ControlNet>,
    pub contacts: Mutex<Contacts>,
    /// How long an operation may take.
    pub patience: Duration,
    /// A leader that was not heard of for so long is as good as none.
    pub silence: Duration,
    /// When a leader was heard of last, or this node started. `None` if it was told that it was removed.
    pub heard: Mutex<Option<Instant>>,
    /// Held by each write, until it is done, and by who lets nothing be written.
    pub writing: RwLock<()>,
    pub watches: Semaphore,
    #[cfg(feature = "testing")]
    pub planted: super::planted::Switch,
}

impl Seat {
    pub(super) fn watches() -> Semaphore {
        Semaphore::new(WATCHES_MAX)
    }

    /// Why this node takes part no more, if so.
    pub(super) fn stopped(&self) -> Option<String> {
        self.raft.metrics().borrow().running_state.as_ref().err().map(ToString::to_string)
    }

    /// The term in which this node leads, as far as it knows.
    pub(super) fn leads(&self) -> Option<u64> {
        term_led(&self.raft.metrics().borrow())
    }

    /// Whether nothing is decided without this node, and it needs nobody else.
    pub(super) fn decides_alone(&self) -> bool {
        self.leases.alone.is(self.id, &self.raft.metrics().borrow().membership_config)
    }

    /// The node's own lease, while nobody but it could end that: that it looks at its leases is a sign of its life.
    pub(super) fn spared(&self) -> Option<LeaseId> {
        self.leases.alone.kept().filter(|_| self.decides_alone())
    }

    /// Whether the state is kept here: as far as this node knows, it votes or learns.
    pub(super) fn has_state(&self) -> bool {
        let metrics = self.raft.metrics();
        let metrics = metrics.borrow();
        let is_dismissed = metrics.state != ServerState::Leader && self.heard.lock().is_none();
        metrics.membership_config.membership().get_node(&self.id).is_some() && !is_dismissed
    }

    /// Whether what is kept here is also told what is new. Who was removed while it was cut off is not.
    pub(super) fn is_told(&self) -> bool {
        self.leads().is_some() || self.heard.lock().is_some_and(|heard| heard.elapsed() < self.silence)
    }

    /// Does what only the leader can.
    pub(super) async fn lead(&self, ask: Ask, term: u64, deadline: Instant) -> Result<Answer, Refusal> {
        match ask {
            Ask::Write(command) => self.write(command, deadline).await.map(Answer::Written),
            Ask::Look(look) => {
                self.barrier(deadline).await?;
                self.look(look)
            }
            Ask::Renew(lease) => self.renew(lease, term, deadline).await.map(Answer::Renewed),
        }
    }

    /// Looks at what is here, be it old.
    pub(super) fn look(&self, look: Look) -> Result<Answer, Refusal> {
        match look {
            Look::Voters => self.voters().map(Answer::Voters).ok_or_else(|| self.elsewhere()),
            Look::Key(key) => Ok(Answer::Key(self.replica.state().get(&key))),
            Look::Prefix(prefix) => match check_range(self.replica.state().range(&prefix)) {
                Ok(snapshot) => Ok(Answer::Range(snapshot)),
                Err(LimitError::TooMuch { got, .. }) => Err(Refusal::TooLong { bytes: got as u64 }),
                Err(error) => Err(Refusal::Stopped { reason: error.to_string() }),
            },
        }
    }

    /// Who votes; `None` while that is being changed.
    fn voters(&self) -> Option<Vec<u64>> {
        let metrics = self.raft.metrics();
        let metrics = metrics.borrow();
        let group = &metrics.membership_config;
        let is_agreed = group.log_id().map(|at| at.index) <= metrics.last_applied.map(|at| at.index);
        (is_agreed && group.membership().get_joint_config().len() == 1).then(|| group.voter_ids().collect())
    }

    /// Who else may know.
    pub(super) fn elsewhere(&self) -> Refusal {
        let metrics = self.raft.metrics();
        let metrics = metrics.borrow();
        let voters: Vec<u64> = metrics.membership_config.voter_ids().collect();
        // This node may have been removed, and not know: whom others told it of is worth as much.
        let (leader, voters) = match voters.is_empty() {
            true => self.contacts.lock().known(),
            false => (metrics.current_leader, voters),
        };
        Refusal::Elsewhere { leader: leader.filter(|leader| *leader != self.id), voters }
    }

    pub(super) async fn write(&self, command: Command, deadline: Instant) -> Result<Outcome, Refusal> {
        #[cfg(feature = "testing")]
        if let Some(outcome) = self.planted.write(self, &command).await {
            return Ok(outcome);
        }
        let Ok(_writing) = timeout_at(deadline, self.writing.read()).await else {
            return Err(Refusal::NoQuorum { unknown: false });
        };
        // it may have waited until another one led
        if self.leads().is_none() {
            return Err(self.elsewhere());
        }
        match timeout_at(deadline, self.raft.client_write(command)).await {
            Ok(Ok(written)) => Ok(written.data),
            // openraft says so too of an entry that was in the log, and was cut off when another node came to lead: it
            // may be in the logs of others and be committed later. So it is not to be tried again.
            Ok(Err(RaftError::APIError(_))) | Err(_) => Err(Refusal::NoQuorum { unknown: true }),
            Ok(Err(RaftError::Fatal(error))) => Err(Refusal::Stopped { reason: error.to_string() }),
        }
    }

    /// Waits until everything is here that was acknowledged before. Only the leader can say.
    async fn barrier(&self, deadline: Instant) -> Result<(), Refusal> {
        #[cfg(feature = "testing")]
        if self.planted.reads_are_stale() {
            return Ok(());
        }
        match timeout_at(deadline, self.raft.ensure_linearizable()).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(RaftError::APIError(
                CheckIsLeaderError::ForwardToLeader(_) | CheckIsLeaderError::QuorumNotEnough(_),
            ))) => Err(self.elsewhere()),
            Ok(Err(RaftError::Fatal(error))) => Err(Refusal::Stopped { reason: error.to_string() }),
            Err(_) => Err(Refusal::NoQuorum { unknown: false }),
        }
    }

    /// Renewing writes nothing: the leader remembers, and whoever leads after it gives every lease its whole time.
    async fn renew(&self, lease: LeaseId, term: u64, deadline: Instant) -> Result<bool, Refusal> {
        let renewed = self.leases.renew(term, lease, || self.replica.state().leases().collect());
        // After that, and not before: whoever is still leading *now* was leading when the lease began anew.
        self.barrier(deadline).await?;
        if self.replica.state().lease(lease).is_none() {
            return Ok(false);
        }
        if !renewed {
            // It is over and has not ended. To say so, it has to.
            self.write(Command::Expire { lease, term }, deadline).await?;
            return match self.replica.state().lease(lease) {
                None => Ok(false),
                Some(_) => Err(self.elsewhere()),
            };
        }
        Ok(true)
    }
}

/// The term in which a node leads whose metrics these are.
pub(super) fn term_led(metrics: &RaftMetrics<u64, EmptyNode>) -> Option<u64> {
    (metrics.state == ServerState::Leader).then_some(metrics.current_term)
}
