//! [`Peers`]: the links to all other nodes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arc_swap::ArcSwap;
use consort_protocol::cluster::Life;

use super::names;
use super::peer::PeerLink;
use super::turns::Turns;

/// The links to the other nodes, by life. A look takes no lock.
#[derive(Default)]
pub(crate) struct Peers(ArcSwap<BTreeMap<Life, Arc<PeerLink>>>, Turns);

impl Peers {
    pub(crate) fn of(&self, life: Life) -> Option<Arc<PeerLink>> {
        self.0.load().get(&life).cloned()
    }

    /// Whether this is the link to one of them.
    pub(in crate::routing) fn has(&self, peer: &Arc<PeerLink>) -> bool {
        self.0.load().get(&peer.life).is_some_and(|known| Arc::ptr_eq(known, peer))
    }

    /// All of them, by life.
    pub(crate) fn all(&self) -> Vec<Arc<PeerLink>> {
        self.0.load().values().cloned().collect()
    }

    /// Whether any of them is known to serve the service.
    pub(crate) fn serve(&self, service: &str) -> bool {
        self.0.load().values().any(|peer| peer.offered().is_some_and(|offered| offered.serves(service)))
    }

    /// The names of what any of them is known to serve, each once.
    pub(crate) fn services(&self) -> Vec<&'static str> {
        let peers = self.0.load();
        let offered = peers.values().filter_map(|peer| peer.offered());
        let names: BTreeSet<&str> = offered.flat_map(|offered| offered.services()).collect();
        names.into_iter().filter_map(names::kept).collect()
    }

    /// Whether this life is one of them, and has said what it serves.
    pub(in crate::routing) fn is_known(&self, life: Life) -> bool {
        self.0.load().get(&life).is_some_and(|peer| peer.offered().is_some())
    }

    /// Whether there are any, and each has said what it serves.
    pub(crate) fn are_known(&self) -> bool {
        let peers = self.0.load();
        !peers.is_empty() && peers.values().all(|peer| peer.offered().is_some())
    }

    /// Which of those that serve the service gets its next call.
    pub(in crate::routing) fn next(&self, service: &'static str) -> Option<Arc<PeerLink>> {
        self.1.next(service, &self.0.load())
    }

    /// Replaces them all.
    pub(crate) fn set(&self, peers: impl IntoIterator<Item = Arc<PeerLink>>) {
        self.0.store(Arc::new(peers.into_iter().map(|peer| (peer.life, peer)).collect()));
    }
}
