//! [`Stay`]: what a node does for as long as it is one of its cluster.

use std::sync::Arc;

use consort_protocol::cluster::Life;
use consort_protocol::cluster::lease::LeaseConfig;
use consort_protocol::cluster::slots::SlotTable;
use tokio::sync::{mpsc, watch};

use super::super::leader::{Arrived, Leader};
use super::super::{Actors, Holding, Ownership, Say, Told};
use super::{LeaseKeeper, Listed, Listing, Standing, Term};
use crate::control::CoordStore;

/// Keeps a node on the list of nodes: keeps its lease, holds the slots that are its, and waits to lead. When the lease
/// has ended, the node has stopped to act; it enlists anew, and is given slots like a newcomer.
///
/// It stays the same life. A life of its own for each lease would be safe as well, and to all others a restart: every
/// link would end, and with it the calls to services without keys, which go on without any lease. After a lost quorum
/// that would befall all nodes at once.
pub(crate) struct Stay {
    pub(crate) me: Life,
    pub(crate) store: Arc<dyn CoordStore>,
    pub(crate) listing: Arc<Listing>,
    pub(crate) term: Arc<Term>,
    pub(crate) ownership: Arc<Ownership>,
    pub(crate) actors: Arc<dyn Actors>,
    pub(crate) say: Arc<dyn Say>,
    pub(crate) table: watch::Receiver<Arc<SlotTable>>,
}

impl Stay {
    /// Goes on until the node leaves, or its control plane has stopped. `arrived` is for who leads, `told` for the two
    /// sides of hand-offs.
    pub(crate) async fn run(self, first: Listed, mut arrived: mpsc::Receiver<Arrived>, mut told: mpsc::Receiver<Told>) {
        let mut listed = first;
        loop {
            self.last(listed, &mut arrived, &mut told).await;
            self.listing.handle_over();
            if self.listing.is_leaving() {
                return;
            }
            tracing::warn!(node = %self.me, "the node's lease has ended, and others get what it owned: enlists anew");
            listed = match self.listing.enlist().await {
                Ok(listed) => listed,
                Err(error) => return tracing::error!(%error, "the node cannot be put on the list of nodes again"),
            };
            tracing::info!(node = %self.me, "is on the list of nodes again, under a new lease");
        }
    }

    /// As long as the lease lasts.
    async fn last(&self, listed: Listed, arrived: &mut mpsc::Receiver<Arrived>, told: &mut mpsc::Receiver<Told>) {
        let store = || self.store.clone();
        let keeper = LeaseKeeper::new(store(), listed.lease, LeaseConfig::default(), self.term.clone());
        let standing = keeper.standing();
        let lead = async {
            tokio::select! {
                () = Leader::new(store(), self.me, listed.lease).run(arrived) => {}
                () = over(standing.clone()) => {}
            }
        };
        tokio::join!(keeper.run(), self.hold(listed, standing.clone(), told), lead);
    }

    async fn hold(&self, listed: Listed, standing: watch::Receiver<Standing>, told: &mut mpsc::Receiver<Told>) {
        let mut table = self.table.clone();
        tokio::select! {
            // an earlier table may name the node, and what it says has ended
            _ = table.wait_for(|table| table.epoch() >= listed.since) => {}
            () = over(standing.clone()) => return,
        }
        let (ownership, actors, say) = (self.ownership.clone(), self.actors.clone(), self.say.clone());
        Holding::new(self.me, ownership, actors, say).run(table, standing, told).await;
    }
}

async fn over(mut standing: watch::Receiver<Standing>) {
    // an error is a keeper that has ended
    let _ = standing.wait_for(|standing| *standing == Standing::Over).await;
}
