//! How a node leaves: its slots, its place on the list, its vote, its good-bye.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::members::MemberState;
use consort_runtime::remote::LeftBehind;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::membership::Membership;
use crate::control::{Read, ReadError};
use crate::exchange::Request;
use crate::routing::PeerLink;
use crate::sharding::{NODES, NodeRecord};

/// Something that may be true later is looked at again.
const LOOK: Duration = Duration::from_millis(50);

/// Whoever has not learned in so long that this node has nothing any more is not waited for: a table takes tens of
/// milliseconds.
const PARTING: Duration = Duration::from_secs(3);

/// What the vote gets: an election and three changes of who votes.
const VOTE: Duration = Duration::from_secs(3);

/// What is said at the end, however late it is: a round trip or two.
const LAST_WORDS: Duration = Duration::from_millis(500);

impl Membership {
    /// Hands over all slots and the vote, as far as there is anybody to take them, and says good-bye.
    ///
    /// The vote goes last: the control plane tells voters first what has changed, and a node that hands over slots wants
    /// to know.
    ///
    /// # Errors
    /// What others did not get until then. The node has said good-bye all the same.
    pub(crate) async fn leave(&self, until: Instant) -> Result<(), LeftBehind> {
        // whoever does not hear it learns from the lease
        let _ = self.members.begin_to_leave().await;
        let mut behind = None;
        // slots that are slow to move leave some time for the vote
        let left = until.saturating_duration_since(Instant::now());
        if timeout_at(until - VOTE.min(left / 3), self.hand_over_slots(&mut behind)).await.is_err() {
            behind.get_or_insert_with(|| format!("{} of its slots were still on their way", self.slots()));
        } else if timeout_at(until, self.strike()).await.is_err() {
            behind = Some("it could not be taken off the list of nodes: the control plane does not answer".to_owned());
        }
        if timeout_at(until, self.hand_over_vote()).await.is_err() {
            behind.get_or_insert_with(|| "no other node has taken its vote in the control plane".to_owned());
        }
        let _ = timeout(LAST_WORDS, self.members.leave()).await;
        let Some(behind) = behind else { return Ok(()) };
        tracing::warn!(node = %self.life, %behind, "others did not get all that the node had");
        Err(LeftBehind(behind.into()))
    }

    /// Ends when others have them, or there is nobody to take them. While it does not get on, `why` says why.
    async fn hand_over_slots(&self, why: &mut Option<String>) {
        while let Err(error) = self.listing.begin_to_leave().await {
            tracing::warn!(%error, "cannot say yet that the node leaves: tries again");
            *why = Some(format!("it could not say that it leaves: {error}"));
            sleep(LOOK).await;
        }
        *why = None;
        while self.listing.lease().is_some() && self.slots() > 0 && self.has_takers().await.unwrap_or(true) {
            sleep(LOOK).await;
        }
        if self.slots() == 0 {
            self.until_others_know().await;
            self.router.until_answered().await;
        }
    }

    /// The others send nothing here any more. Whoever does not say so in time is gone, or will learn it from its links.
    async fn until_others_know(&self) {
        let request = Request::Parting(self.router.table.load().epoch().0);
        let asking = |peer: Arc<PeerLink>| {
            let (net, request) = (self.net.clone(), request.clone());
            async move { timeout(PARTING, net.ask(peer.life.id, &request)).await }
        };
        self.router.peers.all().into_iter().map(asking).collect::<JoinSet<_>>().join_all().await;
    }

    /// Off the list, so that nobody waits for the end of its lease. Not while it has slots that nobody takes: without a
    /// lease their handlers would be cut off, instead of running to their end.
    async fn strike(&self) {
        while self.slots() == 0 && self.listing.strike().await.is_err() {
            sleep(LOOK).await;
        }
    }

    /// How many slots are the node's, or still run here.
    fn slots(&self) -> usize {
        let table = self.table.borrow();
        let named = table.states().filter(|state| state.holder().is_some_and(|holder| holder.life == self.life));
        named.count().max(self.router.ownership.owned().len())
    }

    /// Whether any other node takes slots.
    async fn has_takers(&self) -> Result<bool, ReadError> {
        let nodes = self.store.range(NODES, Read::Local).await?;
        let mut nodes = nodes.entries.iter().filter_map(|node| NodeRecord::unpack(&node.value));
        Ok(nodes.any(|node| node.life() != Some(self.life) && !node.leaving && node.weight > 0))
    }

    /// The control plane goes on without this node before it goes.
    async fn hand_over_vote(&self) {
        loop {
            match self.control.voters().await {
                Ok(voters) if !voters.contains(&self.life.id) => return,
                // the last one has nobody to leave it to
                Ok(voters) if voters.len() == 1 && !self.has_heirs() => return,
                Ok(_) | Err(_) => sleep(LOOK).await,
            }
        }
    }

    /// Whether anybody may get the vote.
    fn has_heirs(&self) -> bool {
        let members = self.members.snapshot();
        members.iter().any(|member| member.life != self.life && member.state == MemberState::Up)
    }
}
