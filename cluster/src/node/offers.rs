//! What other nodes serve, told to the services of this one that need it.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

use consort_protocol::cluster::Life;
use consort_runtime::remote::Inside;

use crate::routing::{PeerLink, Router};

/// Tells which nodes came, with what they serve, and which are gone, until the router is.
pub(crate) async fn tell_offers(router: Weak<Router>, inside: Inside) {
    let Some(mut changes) = router.upgrade().map(|router| router.changes.subscribe()) else { return };
    let mut told: BTreeSet<Life> = BTreeSet::new();
    loop {
        changes.borrow_and_update();
        let Some(peers) = router.upgrade().map(|router| router.peers.all()) else { return };
        let known: Vec<Arc<PeerLink>> = peers.into_iter().filter(|peer| peer.offered().is_some()).collect();
        let now: BTreeSet<Life> = known.iter().map(|peer| peer.life).collect();
        // whoever comes in the place of another comes first: nothing is missing in between
        for peer in known.iter().filter(|peer| !told.contains(&peer.life)) {
            let services = peer.offered().into_iter().flat_map(|offered| offered.versions());
            inside.has_met(&peer.life.to_string(), services).await;
        }
        drop(known);
        for life in told.difference(&now) {
            inside.has_lost(&life.to_string()).await;
        }
        told = now;
        if changes.changed().await.is_err() {
            return;
        }
    }
}
