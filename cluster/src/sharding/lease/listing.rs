//! [`Listing`]: a node's place on the list of nodes.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::lease::LeaseConfig;
use consort_protocol::cluster::slots::{Epoch, SlotTable};
use parking_lot::Mutex;

use super::super::layout::{LEADER, NodeRecord, TABLE, node_key};
use super::Quorum;
use crate::control::{
    CoordStore, Entry, Expect, LeaseError, LeaseId, Read, ReadError, Revision, Transaction, WriteError,
};

/// What is in the way is looked at again after this.
const AGAIN: Duration = Duration::from_millis(100);

/// A node's place on the list of nodes: its record, under one lease after the other.
pub(crate) struct Listing {
    store: Arc<dyn CoordStore>,
    me: Life,
    quorum: Arc<Quorum>,
    place: Mutex<Place>,
}

struct Place {
    record: NodeRecord,
    lease: Option<LeaseId>,
}

/// A place on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// It lasts as long as this lease.
    pub(crate) lease: LeaseId,
    /// What earlier tables than this one say of the node has ended.
    pub(crate) since: Epoch,
}

/// What stands in the control plane when a node enlists.
struct Ground {
    node: Option<Entry>,
    leader: Option<Entry>,
    table: Option<(Revision, SlotTable)>,
}

impl Listing {
    /// Not on the list yet. Says of the quorum whether it answers.
    pub(crate) fn new(store: Arc<dyn CoordStore>, me: Life, record: NodeRecord, quorum: Arc<Quorum>) -> Self {
        Listing { store, me, quorum, place: Mutex::new(Place { record, lease: None }) }
    }

    /// Puts the node on the list under a new lease, however long that takes: while there is no quorum, or the record of
    /// another life stands there that may still act.
    ///
    /// What the slot table says of the node ends in the same step. So who wrote a table without knowing of it has written
    /// nothing, and who is listed anew owns what a later table gives it and nothing else.
    ///
    /// # Errors
    /// Those that waiting does not cure: see [`WriteError`].
    pub(crate) async fn enlist(&self) -> Result<Listed, WriteError> {
        let mut lease = None;
        loop {
            let tried = self.try_enlist(&mut lease).await;
            self.note(&tried);
            match tried {
                Ok(Some(listed)) => return Ok(listed),
                // somebody was faster, or another life is in the way
                Ok(None) | Err(WriteError::Conflict { .. }) => {}
                // nobody renews it yet, and voters may come and go at this very moment
                Err(WriteError::LeaseGone) => lease = None,
                Err(error @ WriteError::NoQuorum { .. }) => {
                    tracing::warn!(%error, "is not on the list of nodes yet: tries again");
                }
                Err(error) => return Err(error),
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// The node leaves: it gets nothing any more, and others take what it has. One that is not listed has nothing.
    ///
    /// # Errors
    /// Nothing was changed, or it is not known whether: it is to be said again.
    pub(crate) async fn begin_to_leave(&self) -> Result<(), WriteError> {
        let (record, lease) = {
            let mut place = self.place.lock();
            place.record = place.record.leaving();
            (place.record.pack(), place.lease)
        };
        let Some(lease) = lease else { return Ok(()) };
        match self.store.put(&node_key(self.me.id), record, Expect::Any, Some(lease)).await {
            Ok(_) | Err(WriteError::LeaseGone) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes the node off the list. It must have stopped to act as an owner.
    ///
    /// # Errors
    /// It is not known whether it is off; its lease ends by itself.
    pub(crate) async fn strike(&self) -> Result<(), LeaseError> {
        match self.lease() {
            Some(lease) => self.store.revoke(lease).await,
            None => Ok(()),
        }
    }

    /// The node's lease has ended.
    pub(crate) fn handle_over(&self) {
        self.place.lock().lease = None;
    }

    /// The lease under which it stands on the list.
    pub(crate) fn lease(&self) -> Option<LeaseId> {
        self.place.lock().lease
    }

    /// Whether it was told to leave.
    pub(crate) fn is_leaving(&self) -> bool {
        self.place.lock().record.leaving
    }

    fn note(&self, tried: &Result<Option<Listed>, WriteError>) {
        match tried {
            Ok(_) | Err(WriteError::Conflict { .. } | WriteError::LeaseGone) => self.quorum.hear(),
            Err(_) => self.quorum.miss(),
        }
    }

    /// `None` if it has to wait for somebody.
    async fn try_enlist(&self, granted: &mut Option<LeaseId>) -> Result<Option<Listed>, WriteError> {
        let Some(ground) = self.look().await? else { return Ok(None) };
        if ground.node.as_ref().is_some_and(|node| !self.may_replace(node, *granted)) {
            return Ok(None);
        }
        let lease = match *granted {
            Some(lease) => lease,
            None => *granted.insert(self.store.grant(LeaseConfig::default().let_go_after()).await.map_err(of_grant)?),
        };
        let (transaction, since) = self.transaction(&ground, lease);
        self.store.commit(transaction).await?;
        self.place.lock().lease = Some(lease);
        if let Some(before) = ground.node.and_then(|node| node.lease).filter(|before| *before != lease) {
            // nothing is under it any more: it would end by itself
            let _ = self.store.revoke(before).await;
        }
        Ok(Some(Listed { lease, since }))
    }

    /// `None` if there is a table that this version cannot read.
    async fn look(&self) -> Result<Option<Ground>, WriteError> {
        let (key, store) = (node_key(self.me.id), &self.store);
        let node = store.get(&key, Read::Latest).await.map_err(of_read)?;
        let leader = store.get(LEADER, Read::Latest).await.map_err(of_read)?;
        let table = match store.get(TABLE, Read::Latest).await.map_err(of_read)? {
            None => None,
            Some(entry) => match SlotTable::from_bytes(&entry.value) {
                Ok(table) => Some((entry.revision, table)),
                Err(error) => {
                    tracing::error!(%error, "the slot table cannot be read: the node cannot be put on the list");
                    return Ok(None);
                }
            },
        };
        Ok(Some(Ground { node, leader, table }))
    }

    /// Whether who put this record has certainly stopped. It was an attempt of this process that was not known to have
    /// come through; or an earlier life that was reached where this one is: nobody but this process listens there and has
    /// its data. Any other may be cut off only, and its lease has to end first.
    fn may_replace(&self, entry: &Entry, granted: Option<LeaseId>) -> bool {
        let Some(record) = NodeRecord::unpack(&entry.value) else { return false };
        let is_earlier = record.life().is_some_and(|life| life.generation < self.me.generation);
        let is_own = entry.lease.is_some() && entry.lease == granted;
        is_own || is_earlier && record.address == self.place.lock().record.address
    }

    fn transaction(&self, ground: &Ground, lease: LeaseId) -> (Transaction, Epoch) {
        let record = self.place.lock().record.pack();
        let is_of =
            |entry: &Option<Entry>| entry.as_ref().map_or(Expect::Absent, |entry| Expect::Revision(entry.revision));
        let put = Transaction::new().put(&node_key(self.me.id), record, is_of(&ground.node), Some(lease));
        let (put, since) = match &ground.table {
            None => (put.check(TABLE, Expect::Absent), Epoch(0)),
            Some((revision, table)) => match table.without(self.me.id) {
                None => (put.check(TABLE, Expect::Revision(*revision)), table.epoch()),
                Some(next) => (put.put(TABLE, next.to_bytes(), Expect::Revision(*revision), None), next.epoch()),
            },
        };
        // an earlier life may have led: others need not wait for the end of its lease
        let before = ground.node.as_ref().and_then(|node| node.lease);
        match &ground.leader {
            Some(leader) if before.is_some() && leader.lease == before => {
                (put.delete(LEADER, Expect::Revision(leader.revision)), since)
            }
            _ => (put, since),
        }
    }
}

fn of_read(error: ReadError) -> WriteError {
    match error {
        ReadError::NoQuorum => WriteError::NoQuorum { unknown: false },
        ReadError::Limit(error) => WriteError::Limit(error),
        ReadError::Stopped { reason } => WriteError::Stopped { reason },
    }
}

fn of_grant(error: LeaseError) -> WriteError {
    match error {
        LeaseError::Gone => WriteError::LeaseGone,
        LeaseError::NoQuorum => WriteError::NoQuorum { unknown: false },
        LeaseError::Limit(error) => WriteError::Limit(error),
        LeaseError::Stopped { reason } => WriteError::Stopped { reason },
    }
}
