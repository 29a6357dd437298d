use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::{Address, MemberChange, MemberState, Members, Meta, MetaTooLarge};
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};

use super::order::{Arrival, Order};

/// Membership of this node, for the rest of it. Cheap to clone; with the last handle membership ends, without leaving, or
/// when any of them [ends](Self::end) it.
#[derive(Clone, Debug)]
pub struct MembershipHandle {
    pub(super) orders: mpsc::Sender<Order>,
    pub(super) packets: mpsc::Sender<Arrival>,
    pub(super) members: watch::Receiver<Arc<Members>>,
    pub(super) changes: broadcast::Sender<MemberChange>,
    /// Set before the members say that this node is one of them.
    pub(super) has_formed: Arc<AtomicBool>,
    pub(super) over: Arc<Notify>,
}

/// Membership of this node has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("membership of this node has ended")]
pub struct MembershipStopped;

/// Why this node cannot say so of itself. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetMetaError {
    /// It is beyond the limits.
    #[error(transparent)]
    TooLarge(#[from] MetaTooLarge),
    /// Nobody is there to tell it.
    #[error(transparent)]
    Stopped(#[from] MembershipStopped),
}

impl MembershipHandle {
    /// The members, always the latest.
    pub fn members(&self) -> watch::Receiver<Arc<Members>> {
        self.members.clone()
    }

    /// The members, as of now.
    pub fn snapshot(&self) -> Arc<Members> {
        self.members.borrow().clone()
    }

    /// Every change from now on. A receiver that is more than 1,024 changes behind loses the oldest, is told so, and
    /// takes a [`snapshot`](Self::snapshot), which is never older than the changes that were received.
    pub fn changes(&self) -> broadcast::Receiver<MemberChange> {
        self.changes.subscribe()
    }

    /// A packet came by the link of `from`, whose life the transport has verified. It is dropped if too many are
    /// waiting: the protocol bears losses.
    pub fn handle_packet(&self, from: Life, packet: Bytes) {
        let _ = self.packets.try_send((from, packet));
    }

    /// Nobody was reached at an address to which a packet was to be sent. Only for what is said of seeds.
    pub fn handle_unreachable(&self, address: &Address, why: impl Display) {
        let _ = self.orders.try_send(Order::Unreachable(address.clone(), why.to_string()));
    }

    /// The transport has a link to this life: its hello came back. Waits while too many orders do. Cancel safe: a
    /// dropped call has told nothing, or all.
    ///
    /// # Errors
    /// [`MembershipStopped`] once membership has ended.
    pub async fn link_up(&self, life: Life) -> Result<(), MembershipStopped> {
        self.order(Order::LinkUp(life)).await
    }

    /// The transport lost its link to this life: it is suspect until it answers. A link that was closed because nobody
    /// used it is not lost. Cancel safe as [`link_up`](Self::link_up).
    ///
    /// # Errors
    /// [`MembershipStopped`] once membership has ended.
    pub async fn link_lost(&self, life: Life) -> Result<(), MembershipStopped> {
        self.order(Order::LinkLost(life)).await
    }

    /// No calls go from this node to that member for so long; zero ends a quarantine. Cancel safe as
    /// [`link_up`](Self::link_up).
    ///
    /// # Errors
    /// [`MembershipStopped`] once membership has ended.
    pub async fn quarantine(&self, life: Life, length: Duration) -> Result<(), MembershipStopped> {
        self.order(Order::Quarantine(life, length)).await
    }

    /// What this node says of itself from now on.
    ///
    /// Cancel safe: a dropped call has said nothing, or all.
    ///
    /// # Errors
    ///
    /// [`SetMetaError::TooLarge`] names the limit that it breaks.
    pub async fn set_meta(&self, meta: Meta) -> Result<(), SetMetaError> {
        let (done, is_done) = oneshot::channel();
        self.order(Order::SetMeta(meta, done)).await?;
        Ok(is_done.await.map_err(|_| MembershipStopped)??)
    }

    /// Tells the others that this node begins to leave: they send it nothing new, and it hands over what it has. Cancel
    /// safe: once it was told, it stays so.
    ///
    /// # Errors
    /// [`MembershipStopped`] once membership has ended.
    pub async fn begin_to_leave(&self) -> Result<(), MembershipStopped> {
        let (done, is_done) = oneshot::channel();
        self.order(Order::Leaving(done)).await?;
        is_done.await.map_err(|_| MembershipStopped)
    }

    /// Tells the others that this node is gone. Returns when the packets are with the [`MembershipNet`], which needs a
    /// moment to deliver them. Cancel safe: once it was told, it stays so.
    ///
    /// [`MembershipNet`]: crate::membership::MembershipNet
    ///
    /// # Errors
    /// [`MembershipStopped`] once membership has ended.
    pub async fn leave(&self) -> Result<(), MembershipStopped> {
        let (done, is_done) = oneshot::channel();
        self.order(Order::Leave(done)).await?;
        is_done.await.map_err(|_| MembershipStopped)
    }

    /// Waits until this node has its cluster, be it of one. For ever, if no seed lets it in: what keeps it out is
    /// logged. Cancel safe.
    ///
    /// # Errors
    /// [`MembershipStopped`] once membership has ended.
    pub async fn joined(&self) -> Result<(), MembershipStopped> {
        let mut members = self.members();
        let has_joined = |members: &Arc<Members>| {
            members.by_life(members.me()).is_some_and(|member| member.state != MemberState::Joining)
        };
        members.wait_for(has_joined).await.map(drop).map_err(|_| MembershipStopped)
    }

    /// Whether the cluster began with this node, whoever has joined it since: others may be there as soon as it does, before
    /// [`joined`](Self::joined) returns. Known from then on.
    pub fn has_formed(&self) -> bool {
        self.has_formed.load(Ordering::Acquire)
    }

    /// Ends membership for all who have a handle, without leaving: those say [`MembershipStopped`] from then on. Returns
    /// once it neither sends nor receives. Cancel safe: it ends all the same.
    pub async fn end(&self) {
        self.stop();
        let mut members = self.members();
        // an error is the end
        while members.changed().await.is_ok() {}
    }

    /// As [`end`](Self::end), without waiting for it.
    pub(crate) fn stop(&self) {
        self.over.notify_one();
    }

    async fn order(&self, order: Order) -> Result<(), MembershipStopped> {
        self.orders.send(order).await.map_err(|_| MembershipStopped)
    }
}
