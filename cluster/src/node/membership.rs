//! [`Membership`]: how a node stands in its cluster, and how it leaves.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;

use crate::control::{CoordStore, Expect, LeaseId, RaftStore, Read, WriteError};
use crate::membership::MembershipHandle;
use crate::sharding::{NODES, NodeRecord, Ownership, node_key};
use crate::transport::Transport;

/// Something that may be true later is looked at again.
const LOOK: Duration = Duration::from_millis(50);

/// What a node is in its cluster.
pub(crate) struct Membership {
    pub(crate) life: Life,
    pub(crate) record: NodeRecord,
    pub(crate) lease: LeaseId,
    pub(crate) store: Arc<dyn CoordStore>,
    pub(crate) control: Arc<RaftStore>,
    pub(crate) members: MembershipHandle,
    pub(crate) transport: Arc<Transport>,
    pub(crate) ownership: Arc<Ownership>,
}

impl Membership {
    /// Hands over all slots, if there is anybody to take them, and says good-bye.
    pub(crate) async fn leave(&self) {
        // whoever does not hear it learns from the lease
        let _ = self.members.begin_to_leave().await;
        let leaving = self.record.leaving();
        let record = Record { life: self.life, lease: self.lease, store: &self.store };
        if self.has_others().await && record.replace(&leaving).await.is_ok() {
            self.until_empty().await;
            self.until_no_voter().await;
        }
        let _ = self.store.revoke(self.lease).await;
        let _ = self.members.leave().await;
    }

    /// Nothing comes and goes any more.
    pub(crate) fn end(&self) {
        let (transport, control) = (self.transport.clone(), self.control.clone());
        let closing = async move {
            control.close().await;
            transport.close().await;
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(closing);
        }
    }

    async fn has_others(&self) -> bool {
        let nodes = self.store.range(NODES, Read::Latest).await;
        let nodes =
            nodes.map(|nodes| nodes.entries.iter().filter_map(|node| NodeRecord::unpack(&node.value)).collect());
        nodes.is_ok_and(|nodes: Vec<NodeRecord>| {
            nodes.iter().any(|node| node.life() != Some(self.life) && !node.leaving)
        })
    }

    async fn until_empty(&self) {
        let mut changes = self.ownership.changes();
        while !self.ownership.owned().is_empty() {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// The control plane goes on without this node before it goes.
    async fn until_no_voter(&self) {
        while self.control.group().voters.contains(&self.life.id) {
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// A node's record in the control plane.
pub(crate) struct Record<'a> {
    pub(crate) life: Life,
    pub(crate) lease: LeaseId,
    pub(crate) store: &'a Arc<dyn CoordStore>,
}

impl Record<'_> {
    /// Puts it. The record of an earlier life stands there until its lease has ended.
    pub(crate) async fn put(&self, record: &NodeRecord) -> Result<(), WriteError> {
        loop {
            match self.write(record, Expect::Absent).await {
                Err(WriteError::Conflict { .. }) => tokio::time::sleep(LOOK).await,
                written => return written,
            }
        }
    }

    /// Puts another in its place.
    pub(crate) async fn replace(&self, record: &NodeRecord) -> Result<(), WriteError> {
        self.write(record, Expect::Any).await
    }

    async fn write(&self, record: &NodeRecord, expect: Expect) -> Result<(), WriteError> {
        let put = self.store.put(&node_key(self.life.id), record.pack(), expect, Some(self.lease));
        put.await.map(drop)
    }
}
