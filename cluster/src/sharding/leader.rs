//! [`Leader`]: one node at a time writes the slot table.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::{Slot, SlotTable, Tenure};
use tokio::sync::mpsc;

use super::balancer::Balancer;
use super::layout::{LEADER, NODES, NodeRecord, TABLE, pack_life};
use crate::control::{
    Change, CoordStore, Expect, Follow, Followed, LeaseId, Read, ReadError, Revision, Transaction, WriteError,
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
    pub(crate) async fn run(self, arrived: &mut mpsc::Receiver<Arrived>) {
        loop {
            match self.store.put(LEADER, pack_life(self.me), Expect::Absent, Some(self.lease)).await {
                Ok(_) => self.lead(arrived).await,
                Err(WriteError::LeaseGone | WriteError::Stopped { .. }) => return,
                Err(WriteError::Conflict { .. }) => match self.leads().await {
                    // an earlier attempt was made, and its answer lost: nobody else can end that
                    Ok(true) => self.lead(arrived).await,
                    Ok(false) => self.until_vacant(arrived).await,
                    Err(_) => tokio::time::sleep(AGAIN).await,
                },
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    async fn leads(&self) -> Result<bool, ReadError> {
        let leader = self.store.get(LEADER, Read::Latest).await?;
        Ok(leader.is_some_and(|leader| leader.lease == Some(self.lease)))
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
        tracing::info!(node = %self.me, "leads");
        let mut balancer = Balancer::default();
        let mut nodes = Follow::new(self.store.clone(), NODES);
        let mut are_known = false;
        let mut again = tokio::time::interval(LOOK);
        let mut known = None;
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
                _ = again.tick() => known = None,
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
            if !self.rewrite(&mut balancer, &mut known).await {
                return;
            }
        }
    }

    async fn nodes(&self) -> Result<Vec<NodeRecord>, ReadError> {
        let all = self.store.range(NODES, Read::Latest).await?;
        Ok(all.entries.iter().filter_map(|entry| NodeRecord::unpack(&entry.value)).collect())
    }

    /// Writes the tables that follow, until it is as it should be. False once somebody else leads.
    ///
    /// What it wrote last it need not read again: whoever wrote something else meanwhile lets its next write fail.
    async fn rewrite(&self, balancer: &mut Balancer, known: &mut Option<Known>) -> bool {
        loop {
            let now = match known {
                Some(now) => now,
                None => match self.read().await {
                    Ok(Some(now)) => known.insert(now),
                    Ok(None) => return false,
                    Err(Unread) => return true,
                },
            };
            let Some(next) = balancer.next(&now.table) else { return true };
            let write = Transaction::new().check(LEADER, Expect::Revision(now.leader)).put(
                TABLE,
                next.to_bytes(),
                now.expect,
                None,
            );
            match self.store.commit(write).await {
                Ok(revision) => {
                    tracing::debug!(epoch = %next.epoch(), "the slot table has changed");
                    (now.table, now.expect) = (next, Expect::Revision(revision));
                }
                Err(WriteError::Conflict { .. }) => *known = None,
                Err(_) => {
                    *known = None;
                    return true;
                }
            }
        }
    }

    /// What there is; `None` if somebody else leads.
    async fn read(&self) -> Result<Option<Known>, Unread> {
        let leader = self.store.get(LEADER, Read::Latest).await?;
        let Some(leader) = leader.filter(|leader| leader.lease == Some(self.lease)) else { return Ok(None) };
        let entry = self.store.get(TABLE, Read::Latest).await?;
        let expect = entry.as_ref().map_or(Expect::Absent, |entry| Expect::Revision(entry.revision));
        match entry.map(|entry| SlotTable::from_bytes(&entry.value)).transpose() {
            Ok(table) => Ok(Some(Known { leader: leader.revision, table: table.unwrap_or_default(), expect })),
            Err(error) => {
                // never replaced: it says who owns what
                tracing::error!(%error, "the slot table cannot be read: it stays as it is");
                Err(Unread)
            }
        }
    }
}

/// What the leader knows of the control plane.
struct Known {
    /// When it came to lead.
    leader: Revision,
    table: SlotTable,
    /// What is true of the table while nobody else has written it.
    expect: Expect,
}

/// It is to be tried again later.
struct Unread;

impl From<ReadError> for Unread {
    fn from(_: ReadError) -> Self {
        Unread
    }
}

fn is_deleted(change: &Change) -> bool {
    matches!(change, Change::Deleted { .. })
}
