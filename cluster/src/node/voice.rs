//! [`Voice`]: what a node says about slots.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::handoff::Message;
use consort_protocol::cluster::slots::{Slot, Tenure};
use tokio::sync::mpsc;

use super::net::Net;
use crate::control::{CoordStore, Read};
use crate::exchange::{HandOff, Request};
use crate::sharding::{Arrived, LEADER, Say, unpack_life};

/// Whoever does not answer for so long is told again.
const PATIENCE: Duration = Duration::from_secs(1);

/// Speaks to the leader, and to the other side of hand-offs.
pub(crate) struct Voice {
    pub(crate) me: Life,
    pub(crate) net: Net,
    pub(crate) store: Arc<dyn CoordStore>,
    /// This node's own ear, should it lead.
    pub(crate) leader: mpsc::Sender<Arrived>,
}

impl Say for Voice {
    fn arrived(&self, slots: Vec<(Slot, Tenure)>) {
        let (me, net, store, own) = (self.me, self.net.clone(), self.store.clone(), self.leader.clone());
        tokio::spawn(async move {
            let leader = store.get(LEADER, Read::Local).await.ok().flatten();
            let Some(leader) = leader.and_then(|entry| unpack_life(&entry.value)) else { return };
            if leader == me {
                let _ = own.try_send(slots);
                return;
            }
            let slots = slots.iter().map(|(slot, tenure)| (slot.number(), tenure.since.0)).collect();
            // what is lost is said again
            let _ = tokio::time::timeout(PATIENCE, net.ask(leader.id, &Request::Arrived(slots))).await;
        });
    }

    fn tell(&self, to: Life, messages: Vec<Message>) {
        let net = self.net.clone();
        let request = Request::HandOff(messages.into_iter().map(HandOff::from).collect());
        tokio::spawn(async move {
            // as above
            let _ = tokio::time::timeout(PATIENCE, net.ask(to.id, &request)).await;
        });
    }
}
