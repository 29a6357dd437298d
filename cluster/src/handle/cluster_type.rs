//! [`Cluster`]: the handle.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Weak};

use consort_protocol::cluster::members::{Member, Members};
use consort_protocol::cluster::slots::Epoch;
use consort_protocol::cluster::{Life, NodeId};
use consort_runtime::error::NotRun;
use consort_runtime::remote::{Inside, Placement};
use tokio::sync::watch;

use super::{Home, Id, Ids, Shares, Whereabouts};
use crate::control::{CoordStore, Follow, RaftStore, Read, ReadError};
use crate::node::Membership;
use crate::registry::{ServiceWatch, Services};
use crate::routing::Router;
use crate::sharding::{LEADER, NODES, unpack_life};

/// The cluster, as a node that has joined it sees it. Cheap to clone. It does not keep the node alive: once that has
/// ended, it tells what was known last.
#[derive(Clone)]
pub struct Cluster(Arc<View>);

struct View {
    name: Box<str>,
    inside: Inside,
    router: Arc<Router>,
    members: watch::Receiver<Arc<Members>>,
    /// Weak, so that its files are free once the node has ended.
    store: Weak<dyn CoordStore>,
    control: Weak<RaftStore>,
    ids: Ids,
}

impl Cluster {
    pub(crate) fn new(name: &str, inside: Inside, router: &Arc<Router>, membership: &Membership) -> Self {
        let (members, ids) = (membership.members.members(), Ids::of(membership.life));
        let (store, control) = (Arc::downgrade(&membership.store), Arc::downgrade(&membership.control));
        let (name, router) = (name.into(), router.clone());
        Cluster(Arc::new(View { name, inside, router, members, store, control, ids }))
    }

    /// The cluster's name: [`ClusterSettings::cluster`](crate::ClusterSettings::cluster).
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// This node, and which of its lives this is.
    pub fn me(&self) -> Life {
        self.0.router.me
    }

    /// Every node that is known, this one among them, with its address, state, standing, zone, version and services. Those
    /// that went down are kept for a while.
    pub fn members(&self) -> Arc<Members> {
        self.0.members.borrow().clone()
    }

    /// The members, always the latest: a watcher that is slower than the changes misses those between.
    pub fn watch_members(&self) -> watch::Receiver<Arc<Members>> {
        self.0.members.clone()
    }

    /// Who says where slots go; `None` between two leaders. What is known here: another node may know better.
    ///
    /// # Errors
    /// [`ReadError::Stopped`] once the node has ended; [`ReadError::NoQuorum`] if this node does not vote and reaches no
    /// node that does.
    ///
    /// # Cancel safety
    /// Cancel safe.
    pub async fn leader(&self) -> Result<Option<Life>, ReadError> {
        let entry = self.store()?.get(LEADER, Read::Local).await?;
        Ok(entry.and_then(|entry| unpack_life(&entry.value)))
    }

    /// Who votes in the control plane. It survives the loss of fewer than half of them: of one from three on, which a cluster
    /// has some hundred milliseconds after its third node has come.
    ///
    /// # Errors
    /// [`ReadError::NoQuorum`] if too few are reached, or they are being changed for as long as a call waits for a quorum;
    /// [`ReadError::Stopped`] once the node has ended.
    ///
    /// # Cancel safety
    /// Cancel safe.
    pub async fn voters(&self) -> Result<BTreeSet<NodeId>, ReadError> {
        self.0.control.upgrade().ok_or_else(ended)?.voters().await
    }

    /// The epoch of the newest slot table that this node has heard of.
    pub fn epoch(&self) -> Epoch {
        self.0.router.table.load().epoch()
    }

    /// How many slots each node has.
    pub fn shares(&self) -> Shares {
        Shares::of(&self.0.router.table.load())
    }

    /// Where the actor of a service lives whose key has this path, and why. Nothing is started, and nobody is asked: it is
    /// what this node goes by.
    ///
    /// ```no_run
    /// # fn show(cluster: consort_cluster::Cluster) -> Result<(), consort_runtime::NotRun> {
    /// println!("{}", cluster.explain("counter", "/counter/7")?);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotRun::NotServed`] of a service that this node does not serve: then
    /// [`ClusterExt::explain`](crate::ClusterExt::explain) knows its keys from its type. [`NotRun::BadKey`].
    pub fn explain(&self, service: &str, path: &str) -> Result<Whereabouts, NotRun> {
        let placement = self.0.inside.placement(service, path)?;
        let is_local = self.0.inside.services().iter().any(|known| known.name == service && known.local);
        Ok(self.whereabouts(service, path, placement, is_local))
    }

    /// All services of all nodes, at one revision.
    ///
    /// # Errors
    /// [`ReadError::NoQuorum`], [`ReadError::Stopped`] once the node has ended.
    ///
    /// # Cancel safety
    /// Cancel safe.
    pub async fn services(&self) -> Result<Services, ReadError> {
        Ok(Services::of(&self.store()?.range(NODES, Read::Latest).await?))
    }

    /// All services of all nodes, then every change after that, in order and without a gap.
    ///
    /// # Errors
    /// [`ReadError::Stopped`] once the node has ended.
    pub fn watch_services(&self) -> Result<ServiceWatch, ReadError> {
        Ok(ServiceWatch::new(Follow::new(self.store()?, NODES)))
    }

    /// An id that no node of any cluster draws again, without asking anybody. Those of one life of a node rise; those of
    /// several are in order as far as their clocks agree. Restarts, and clocks that are set, bring none back.
    ///
    /// Two lives draw the same id only if 52 bits of their hashes are the same by chance, in the same millisecond.
    pub fn next_id(&self) -> Id {
        self.0.ids.next()
    }

    /// Drops the connections to all other nodes, as a failing network would; they come back by themselves. For tests.
    #[cfg(feature = "testing")]
    pub fn cut_links(&self) {
        self.0.router.peers.all().iter().for_each(|peer| peer.link.cut());
    }

    pub(super) fn whereabouts(&self, service: &str, path: &str, placement: Placement, is_local: bool) -> Whereabouts {
        let table = self.0.router.table.load();
        let home = match Home::slot(placement) {
            _ if is_local => Home::Local,
            None => Home::Each { serving: self.serving(service) },
            Some((unique, hash, slot)) => {
                let state = table.state(slot);
                let owner = state.owner().and_then(|owner| self.members().by_life(owner.life).cloned());
                Home::Slot { unique, hash, slot, state, owner, here: self.0.router.ownership.since(slot) }
            }
        };
        Whereabouts { service: service.into(), path: path.into(), home, epoch: table.epoch() }
    }

    fn serving(&self, service: &str) -> Vec<Arc<Member>> {
        let members = self.members();
        members.present().filter(|member| member.meta.services.contains_key(service)).cloned().collect()
    }

    fn store(&self) -> Result<Arc<dyn CoordStore>, ReadError> {
        self.0.store.upgrade().ok_or_else(ended)
    }
}

fn ended() -> ReadError {
    ReadError::Stopped { reason: "the node has ended".into() }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("name", &self.0.name).field("me", &self.me()).finish_non_exhaustive()
    }
}
