//! [`Neighbours`]: a link to each other member, with what it offers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::members::{Member, Members};
use tokio::sync::watch;

use super::net::Net;
use crate::exchange::{Reply, Request};
use crate::membership::MembershipHandle;
use crate::routing::{Offered, PeerLink, Router};
use crate::transport::LinkState;

/// A node that does not say what it offers is asked again.
const AGAIN: Duration = Duration::from_millis(100);

/// What is done about a new link.
pub(crate) trait Met: Fn(&Arc<PeerLink>) + Send + Sync {}

impl<F: Fn(&Arc<PeerLink>) + Send + Sync> Met for F {}

/// What is done about a life that is gone.
pub(crate) type Gone = Box<dyn Fn(Life) + Send + Sync>;

/// Keeps a link to each member that belongs to the cluster, until membership ends.
pub(crate) struct Neighbours {
    pub(crate) me: Life,
    pub(crate) net: Net,
    pub(crate) router: Arc<Router>,
    pub(crate) members: watch::Receiver<Arc<Members>>,
    /// What is done about a new link.
    pub(crate) met: Box<dyn Met>,
    /// What is done about a life that is gone.
    pub(crate) gone: Gone,
}

impl Neighbours {
    pub(crate) async fn run(mut self) {
        let mut known: BTreeMap<Life, Arc<PeerLink>> = BTreeMap::new();
        loop {
            let present = self.members.borrow_and_update().clone();
            let wanted = |member: &&Arc<Member>| member.life != self.me && member.is_last_resort();
            let lives: BTreeSet<Life> = present.present().filter(wanted).map(|member| member.life).collect();
            // first: the next life of a node may be reached over what is the last one's now
            for (gone, _) in known.extract_if(.., |life, _| !lives.contains(life)) {
                (self.gone)(gone);
            }
            let mut now = BTreeMap::new();
            for member in present.present().filter(wanted) {
                let peer = match known.remove(&member.life) {
                    Some(peer) => Some(peer),
                    None => self.meet(member).await,
                };
                peer.as_ref().inspect(|peer| peer.stand(member.takes_calls()));
                now.extend(peer.map(|peer| (member.life, peer)));
            }
            known = now;
            self.router.meet(known.values().cloned());
            if self.members.changed().await.is_err() {
                return;
            }
        }
    }

    async fn meet(&self, member: &Member) -> Option<Arc<PeerLink>> {
        let link = self.net.link(member.life.id).await?;
        let peer = PeerLink::new(member.life, link);
        tokio::spawn(learn(Arc::downgrade(&peer), self.net.clone(), self.router.clone()));
        (self.met)(&peer);
        Some(peer)
    }
}

/// Asks a node what it offers, until it says so or it is gone.
async fn learn(peer: Weak<PeerLink>, net: Net, router: Arc<Router>) {
    while let Some(id) = peer.upgrade().map(|peer| peer.life.id) {
        match net.ask(id, &Request::Catalogue).await {
            Ok(Reply::Catalogue(catalogue)) => {
                peer.upgrade().inspect(|peer| peer.learn(Offered::new(catalogue)));
                return router.changed();
            }
            Ok(_) | Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}

/// Tells membership how the link to a node stands, as long as somebody has it.
pub(crate) async fn report(peer: Weak<PeerLink>, members: MembershipHandle) {
    let Some((life, mut state)) = peer.upgrade().map(|peer| (peer.life, peer.link.watch())) else { return };
    while peer.strong_count() > 0 {
        let told = match &*state.borrow_and_update() {
            LinkState::Up(found) if found.life == life => Some(true),
            LinkState::Down { .. } => Some(false),
            LinkState::Up(_) | LinkState::Idle | LinkState::Connecting => None,
        };
        let heard = match told {
            Some(true) => members.link_up(life).await,
            Some(false) => members.link_lost(life).await,
            None => Ok(()),
        };
        if heard.is_err() || state.changed().await.is_err() {
            return;
        }
    }
}
