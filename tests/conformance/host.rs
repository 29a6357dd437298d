//! [`Host`]: what a rule is given.

use std::sync::atomic::{AtomicU64, Ordering};

use consort::cluster::{Client, ClusterSettings};
use consort::prelude::*;

use crate::cast::{Prompter, PrompterRef, Worker, WorkerRef};

/// A node that calls, and perhaps another one. Rules that are kept at the same time share it, so each takes places of its
/// own.
pub struct Host {
    /// It calls, and serves all that the other one does.
    pub node: Node,
    /// How a client joins them; `None` where there is one node only.
    pub settings: Option<ClusterSettings>,
}

/// Whoever calls from outside of the cluster.
pub enum Caller {
    /// Where there is one node only: that.
    Node(Node),
    /// A client.
    Client(Client),
}

impl Host {
    /// A place that nobody has used yet, on the other node, if there is one.
    pub fn far(&self) -> String {
        self.place(false)
    }

    /// A place that nobody has used yet, on the node that calls.
    pub fn near(&self) -> String {
        self.place(true)
    }

    /// A worker that nobody has called yet, at a place of its own on the other node.
    pub fn worker(&self) -> WorkerRef {
        self.worker_at(&self.far())
    }

    /// The first worker of a place.
    pub fn worker_at(&self, place: &str) -> WorkerRef {
        self.node.get::<Worker>((place, 1))
    }

    /// Who runs beside the actors of a place, on their node.
    pub fn prompter(&self, place: &str) -> PrompterRef {
        self.node.get::<Prompter>(place)
    }

    /// Whoever calls from outside, anew.
    pub async fn caller(&self) -> Caller {
        match &self.settings {
            None => Caller::Node(self.node.clone()),
            Some(settings) => {
                Caller::Client(Client::connect_with(settings.clone()).await.expect("the client finds its seed"))
            }
        }
    }

    fn place(&self, near: bool) -> String {
        static LAST: AtomicU64 = AtomicU64::new(0);
        loop {
            let place = format!("place {}", LAST.fetch_add(1, Ordering::Relaxed));
            if self.is_near(&place).is_none_or(|is_near| is_near == near) {
                return place;
            }
        }
    }

    /// Whether the actors of a place live on the node that calls; `None` where there is no other.
    fn is_near(&self, place: &str) -> Option<bool> {
        let cluster = self.node.cluster()?;
        let holder = self.node.explain::<Prompter>(place)?.holder()?;
        Some(holder.life == cluster.me())
    }
}

impl Caller {
    /// A reference to the first worker of a place.
    pub fn worker_at(&self, place: &str) -> WorkerRef {
        match self {
            Caller::Node(node) => node.get::<Worker>((place, 1)),
            Caller::Client(client) => client.get::<Worker>((place, 1)),
        }
    }

    /// What it is in its own process.
    pub fn node(&self) -> &Node {
        match self {
            Caller::Node(node) => node,
            Caller::Client(client) => client.node(),
        }
    }

    /// Goes.
    pub async fn close(self) {
        if let Caller::Client(client) = self {
            client.close().await.expect("the client ends well");
        }
    }
}
