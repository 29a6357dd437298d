//! [`Leader`]: one node at a time writes the slot table.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::{Slot, SlotTable, Tenure};
use tokio::sync::mpsc;

use super::balancer::Balancer;
use super::layout::{LEADER, NODES, NodeRecord, TABLE, pack_life};
use crate::control::{
    Change, CoordStore, Entry, Expect, Follow, Followed, LeaseId, Read, ReadError, Transaction, WriteError,
};

/// After an error the control plane is asked again: soon enough that nobody notices, seldom enough to do no harm.
const AGAIN: Duration = Duration::from_millis(200);

/// The leader looks so often whether all is as it should be, beside when something has changed.
const LOOK: Duration = Duration::from_secs(1);

/// Slots that have arrived with a node, as it tells the leader.
pub(crate) type Arrived = Vec<(Slot, Tenure)>;

/// Leads, or waits to. The leader is who holds one key of the control plane under its lease; its writes of the table
/// expect that it does still, so that two of them never undo each other's work.
pub(crate) struct Leader {
    store: Arc<dyn CoordStore>,
    me: Life,
    lease: LeaseId,
}

impl Leader {
    pub(crate) fn new(store: Arc<dyn CoordStore>, me: Life, lease: LeaseId) -> Self {
        Leader { store, me, lease }
    }

    /// Waits to lead, and leads, for as long as the lease lasts. `arrived` says what has come to its new owners.
    pub(crate) async fn run(self, mut arrived: mpsc::Receiver<Arrived>) {
        loop {
            match self.store.put(LEADER, pack_life(self.me), Expect::Absent, Some(self.lease)).await {
                Ok(_) => {
                    tracing::info!(node = %self.me, "leads");
                    self.lead(&mut arrived).await;
                }
                Err(WriteError::LeaseGone | WriteError::Stopped { .. }) => return,
                Err(WriteError::Conflict { .. }) => self.until_vacant(&mut arrived).await,
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    /// Waits while somebody leads. What is told meanwhile is meant for who does, and will be told again.
    async fn until_vacant(&self, arrived: &mut mpsc::Receiver<Arrived>) {
        let mut leader = Follow::new(self.store.clone(), LEADER);
        loop {
            tokio::select! {
                followed = leader.next() => match followed {
                    Ok(Followed::All(all)) if all.entries.is_empty() => return,
                    Ok(Followed::Changed(changed)) if changed.changes.iter().any(is_deleted) => return,
                    Ok(_) => {}
                    Err(_) => tokio::time::sleep(AGAIN).await,
                },
                Some(_) = arrived.recv() => {}
            }
        }
    }

    /// Leads until another does, or the control plane has gone.
    async fn lead(&self, arrived: &mut mpsc::Receiver<Arrived>) {
        let mut balancer = Balancer::default();
        let mut nodes = Follow::new(self.store.clone(), NODES);
        let mut are_known = false;
        let mut again = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                followed = nodes.next() => {
                    are_known = false;
                    if followed.is_err() {
                        tokio::time::sleep(AGAIN).await;
                    }
                }
                Some(slots) = arrived.recv() => balancer.note_arrived(slots),
                // what could not be read or written is tried again
                _ = again.tick() => {}
            }
            if !are_known {
                // a change is told once: if it cannot be read now, it has to be read later
                let Ok(records) = self.nodes().await else { continue };
                balancer.set_nodes(records);
                are_known = true;
            }
            while let Ok(slots) = arrived.try_recv() {
                balancer.note_arrived(slots);
            }
            if !self.rewrite(&mut balancer).await {
                return;
            }
        }
    }

    async fn nodes(&self) -> Result<Vec<NodeRecord>, ReadError> {
        let all = self.store.range(NODES, Read::Latest).await?;
        Ok(all.entries.iter().filter_map(|entry| NodeRecord::unpack(&entry.value)).collect())
    }

    /// Writes the tables that follow, until it is as it should be. False once somebody else leads.
    async fn rewrite(&self, balancer: &mut Balancer) -> bool {
        loop {
            let Ok((leader, entry)) = self.read().await else { return true };
            let Some(leader) = leader.filter(|leader| leader.lease == Some(self.lease)) else { return false };
            let table = match entry.as_ref().map(|entry| SlotTable::from_bytes(&entry.value)).transpose() {
                Ok(table) => table.unwrap_or_default(),
                Err(error) => {
                    // never replaced: it says who owns what
                    tracing::error!(%error, "the slot table cannot be read: it stays as it is");
                    return true;
                }
            };
            let Some(next) = balancer.next(&table) else { return true };
            let expect = entry.map_or(Expect::Absent, |entry| Expect::Revision(entry.revision));
            let write = Transaction::new().check(LEADER, Expect::Revision(leader.revision)).put(
                TABLE,
                next.to_bytes(),
                expect,
                None,
            );
            match self.store.commit(write).await {
                Ok(_) => tracing::debug!(epoch = %next.epoch(), "the slot table has changed"),
                Err(WriteError::Conflict { .. }) => {}
                Err(_) => return true,
            }
        }
    }

    async fn read(&self) -> Result<(Option<Entry>, Option<Entry>), ReadError> {
        Ok((self.store.get(LEADER, Read::Latest).await?, self.store.get(TABLE, Read::Latest).await?))
    }
}

fn is_deleted(change: &Change) -> bool {
    matches!(change, Change::Deleted { .. })
}
