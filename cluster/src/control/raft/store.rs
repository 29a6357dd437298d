//! [`RaftStore`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use consort_protocol::cluster::NodeId;
use parking_lot::Mutex;
use tokio::sync::RwLock;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::super::machine::{Command, Outcome, Replica, State};
use super::super::store::{
    CoordStore, Entry, LeaseError, LeaseId, Limit, LimitError, Pending, Read, ReadError, Revision, Snapshot,
    Transaction, Watch, WriteError, check_key, check_prefix, check_transaction, check_ttl,
};
use super::contacts::Contacts;
use super::disk::{Applied, Disk, Log, OpenError, Owner};
use super::leases::Leases;
use super::net::ControlNet;
use super::network::Network;
use super::options::RaftOptions;
use super::seat::Seat;
use super::wire::{Answer, Ask, Look, Refusal};
use super::{expiry, types, watching};

/// A control plane among up to five of the nodes. Every node has one of these; those that do not vote ask the others.
///
/// Its tasks live on the runtime in which it was started. Give it one whose threads nothing else keeps busy: a leader
/// that is late is replaced.
pub struct RaftStore {
    pub(super) seat: Arc<Seat>,
    expiry: AbortHandle,
}

impl RaftStore {
    /// Opens the data, and takes part in what it says: a node that voted before it stopped votes again. A node without
    /// data waits to be added, unless it [founds](Self::found) a group. Blocks while the file is read.
    ///
    /// # Errors
    ///
    /// If the data directory cannot be used; see [`OpenError`]. What it holds was not changed then.
    pub async fn start(options: &RaftOptions, net: Arc<dyn ControlNet>) -> Result<Self, OpenError> {
        let owner = Owner { cluster: options.cluster.clone(), node: options.node };
        let disk = match &options.data {
            Some(folder) => Disk::in_folder(folder, &owner)?,
            None => Disk::volatile(&owner)?,
        };
        Self::over(disk, options, net).await
    }

    pub(super) async fn over(disk: Disk, options: &RaftOptions, net: Arc<dyn ControlNet>) -> Result<Self, OpenError> {
        let path = options.data.clone().unwrap_or_else(|| "(memory)".into());
        let damaged = |reason: String| OpenError::Damaged { path: path.clone(), reason };
        let (replica, leases) = (Arc::new(Replica::new(State::default())), Arc::new(Leases::new()));
        let applied = Applied::load(disk.clone(), Arc::clone(&replica), Arc::clone(&leases) as _).map_err(damaged)?;
        let (config, id) = (Arc::new(options.config()), options.node.number());
        let raft = types::Raft::new(id, config, Network(Arc::clone(&net)), Log::new(disk), applied);
        let seat = Arc::new(Seat {
            raft: raft.await.map_err(|error| damaged(error.to_string()))?,
            id,
            replica,
            leases: Arc::clone(&leases),
            net,
            contacts: Mutex::new(Contacts::default()),
            patience: options.patience,
            silence: options.election.end * 2,
            heard: Mutex::new(Some(Instant::now())),
            writing: RwLock::default(),
            watches: Seat::watches(),
            #[cfg(feature = "testing")]
            planted: super::planted::Switch::default(),
        });
        let expiry = tokio::spawn(expiry::run(Arc::downgrade(&seat), leases)).abort_handle();
        Ok(Self { seat, expiry })
    }

    /// Answers what another node sent through its [`ControlNet`]. Bytes that are no request are answered, too: with
    /// the bytes that say so. Cancel safe: what was not answered may have been done.
    pub async fn handle(&self, _from: NodeId, request: Bytes) -> Bytes {
        self.seat.serve(&request).await
    }

    /// Nodes to ask as long as no voter is known, as membership knows them.
    pub fn set_contacts(&self, nodes: impl IntoIterator<Item = NodeId>) {
        self.seat.contacts.lock().give(nodes.into_iter().map(NodeId::number).collect());
    }

    /// Nodes that may be dead, as membership sees them. They are asked for what any voter knows only once nobody else knows
    /// it, and a watch that waits at one of them goes on with another one at once: no answer would come, and nothing would
    /// say so before the connection ends.
    pub fn set_doubted(&self, nodes: impl IntoIterator<Item = NodeId>) {
        self.seat.contacts.lock().doubt(nodes.into_iter().map(NodeId::number).collect());
    }

    /// Stops taking part. The data is complete on disk at any time; this frees the file. Cancel safe: call it again.
    pub async fn close(&self) {
        self.expiry.abort();
        // It fails only if the task has ended by itself before, and then it has ended.
        let _ = self.seat.raft.shutdown().await;
    }

    /// Lets the store do wrong from now on, to see whether tests notice.
    #[cfg(feature = "testing")]
    pub fn plant(&self, bug: super::Planted) {
        self.seat.planted.set(bug);
    }

    async fn look(&self, look: Look, read: Read) -> Result<Answer, ReadError> {
        let looked = match read {
            Read::Latest => self.seat.ask(Ask::Look(look)).await,
            Read::Local if self.seat.has_state() => self.seat.look(look),
            Read::Local => self.seat.ask_any(look).await,
        };
        looked.map_err(|refusal| match refusal {
            Refusal::Stopped { reason } => ReadError::Stopped { reason },
            Refusal::TooLong { bytes } => {
                let got = usize::try_from(bytes).unwrap_or(usize::MAX);
                LimitError::TooMuch { limit: Limit::Range, got }.into()
            }
            Refusal::NoQuorum { .. } | Refusal::Elsewhere { .. } | Refusal::Compacted { .. } => ReadError::NoQuorum,
        })
    }

    async fn write(&self, command: Command) -> Result<Outcome, Refusal> {
        match self.seat.ask(Ask::Write(command)).await? {
            Answer::Written(outcome) => Ok(outcome),
            _ => Err(Refusal::NoQuorum { unknown: true }),
        }
    }
}

impl Drop for RaftStore {
    fn drop(&mut self) {
        self.expiry.abort();
    }
}

impl CoordStore for RaftStore {
    fn commit(&self, transaction: Transaction) -> Pending<'_, Result<Revision, WriteError>> {
        Box::pin(async move {
            check_transaction(&transaction)?;
            match self.write(Command::Commit(transaction)).await {
                Ok(outcome) => outcome.of_commit(),
                Err(Refusal::Stopped { reason }) => Err(WriteError::Stopped { reason }),
                Err(Refusal::NoQuorum { unknown }) => Err(WriteError::NoQuorum { unknown }),
                Err(_) => Err(WriteError::NoQuorum { unknown: false }),
            }
        })
    }

    fn get<'a>(&'a self, key: &'a str, read: Read) -> Pending<'a, Result<Option<Entry>, ReadError>> {
        Box::pin(async move {
            check_key(key)?;
            match self.look(Look::Key(key.into()), read).await? {
                Answer::Key(entry) => Ok(entry),
                _ => Err(ReadError::NoQuorum),
            }
        })
    }

    fn range<'a>(&'a self, prefix: &'a str, read: Read) -> Pending<'a, Result<Snapshot, ReadError>> {
        Box::pin(async move {
            check_prefix(prefix)?;
            match self.look(Look::Prefix(prefix.into()), read).await? {
                Answer::Range(snapshot) => Ok(snapshot),
                _ => Err(ReadError::NoQuorum),
            }
        })
    }

    fn watch(&self, prefix: &str, from: Revision) -> Watch {
        Watch::new(prefix, from, || watching::Nearest::boxed(&self.seat, prefix))
    }

    fn grant(&self, ttl: Duration) -> Pending<'_, Result<LeaseId, LeaseError>> {
        Box::pin(async move {
            check_ttl(ttl)?;
            self.write(Command::Grant(ttl)).await.map_err(of_lease)?.of_grant()
        })
    }

    fn renew(&self, lease: LeaseId) -> Pending<'_, Result<(), LeaseError>> {
        Box::pin(async move {
            match self.seat.ask(Ask::Renew(lease)).await.map_err(of_lease)? {
                Answer::Renewed(true) => Ok(()),
                Answer::Renewed(false) => Err(LeaseError::Gone),
                _ => Err(LeaseError::NoQuorum),
            }
        })
    }

    fn keep(&self, lease: LeaseId) {
        self.seat.leases.alone.keep(lease);
    }

    fn decides_alone(&self) -> bool {
        self.seat.decides_alone()
    }

    fn revoke(&self, lease: LeaseId) -> Pending<'_, Result<(), LeaseError>> {
        Box::pin(async move { self.write(Command::End(lease)).await.map(drop).map_err(of_lease) })
    }
}

impl std::fmt::Debug for RaftStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RaftStore").field("node", &self.seat.id).field("group", &self.group()).finish_non_exhaustive()
    }
}

fn of_lease(refusal: Refusal) -> LeaseError {
    match refusal {
        Refusal::Stopped { reason } => LeaseError::Stopped { reason },
        _ => LeaseError::NoQuorum,
    }
}
