//! [`Core`]: what all tasks of a transport share.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::link::Throttle;
use consort_protocol::cluster::link::hello::{Handshake, Hello, Refusal, Session as Continues};
use consort_protocol::cluster::{Life, NodeId};
use consort_protocol::time::Moment;
use parking_lot::Mutex;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::super::dice::Dice;
use super::super::link::{LinkCore, LinkState};
use super::super::session::{Session, Side};
use super::super::{Identity, Limits, Serve};
use super::callers::Callers;
use super::endpoint::Endpoint;
use super::settings::Settings;

/// The same refusal of the same peer is logged once in this time.
const LOG_EVERY: Duration = Duration::from_secs(60);

/// What all tasks of a transport share.
pub(super) struct Core {
    pub(super) identity: Identity,
    pub(super) limits: Arc<Limits>,
    pub(super) serve: Arc<dyn Serve>,
    pub(super) settings: Settings,
    pub(super) dice: Dice,
    pub(super) endpoints: Vec<Endpoint>,
    /// Where others reach this node.
    pub(super) address: SocketAddr,
    pub(super) links: Mutex<BTreeMap<To, (Arc<LinkCore>, AbortHandle)>>,
    pub(super) callers: Callers,
    refusals: Mutex<Throttle<(String, Refusal)>>,
    started: Instant,
}

/// Where a link leads.
pub(super) type To = (SocketAddr, Option<NodeId>);

/// What a core is made of.
pub(super) struct Parts {
    pub(super) identity: Identity,
    pub(super) limits: Arc<Limits>,
    pub(super) serve: Arc<dyn Serve>,
    pub(super) settings: Settings,
    pub(super) dice: Dice,
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) address: SocketAddr,
}

impl Core {
    pub(super) fn new(parts: Parts) -> Arc<Core> {
        let Parts { identity, limits, serve, settings, dice, endpoints, address } = parts;
        Arc::new(Core {
            identity,
            limits,
            serve,
            settings,
            dice,
            endpoints,
            address,
            links: Mutex::new(BTreeMap::new()),
            callers: Callers::default(),
            refusals: Mutex::new(Throttle::new(LOG_EVERY)),
            started: Instant::now(),
        })
    }

    pub(super) fn now(&self) -> Moment {
        Moment::after_start(self.started.elapsed())
    }

    /// What this node says of itself on a connection that continues this session.
    pub(super) fn hello(&self, session: Continues) -> Hello {
        Hello {
            cluster: self.identity.cluster.clone(),
            life: self.identity.life,
            versions: self.identity.versions,
            announced: self.limits.announced(),
            session,
            address: self.address.to_string().into(),
            metadata: self.identity.metadata.clone(),
        }
    }

    /// A new session, which this endpoint will carry.
    pub(super) fn dialled(&self, endpoint: usize) -> Arc<Session> {
        // 0 is for those who only greet
        let (number, bell) = (self.dice.roll().max(1), Arc::clone(&self.endpoints[endpoint].bell));
        Session::new(number, Side::Dialled, Arc::clone(&self.limits), bell)
    }

    pub(super) fn handshake(&self, expected: Option<NodeId>) -> Handshake {
        let ours = self.hello(Continues::default());
        Handshake::new(ours, expected, self.now(), self.limits.handshake.time)
    }

    /// A peer said who it is, and where it is reached. Whatever is under way with earlier lives of it is over, and who
    /// waits to dial it need not wait.
    pub(super) fn meet(&self, peer: &Hello) {
        let (life, address) = (peer.life, peer.address.parse().ok());
        let is_older = |other: Life| other.id == life.id && other.generation < life.generation;
        for (link, _) in self.links.lock().values() {
            if link.peer().is_some_and(|peer| is_older(peer.life)) {
                link.cut.notify_one();
            }
            if Some(link.to) == address && matches!(*link.state.borrow(), LinkState::Down { .. }) {
                link.wanted.notify_one();
            }
        }
        self.callers.end_where(is_older);
    }

    /// Logs a refusal, unless the same was logged within the last minute.
    pub(super) fn log_refusal(&self, peer: SocketAddr, refusal: &Refusal, side: &'static str) {
        let subject = (peer.ip().to_string(), refusal.clone());
        if let Some(held_back) = self.refusals.lock().pass(&subject, self.now()) {
            tracing::warn!(%peer, %refusal, side, held_back, "a link was refused");
        }
    }
}
