//! The last step: the node owns slots, and calls find their owners.

use std::sync::Arc;

use arc_swap::ArcSwap;
use consort_protocol::cluster::Life;
use consort_protocol::cluster::slots::SlotTable;
use consort_runtime::remote::Inside;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use crate::control::CoordStore;
use crate::node::actors::NodeActors;
use crate::node::net::Net;
use crate::node::server::Server;
use crate::node::snapshots::Shipped;
use crate::node::voice::Voice;
use crate::routing::Router;
use crate::sharding::{Arrived, Listed, Listing, Ownership, Stay, Term, Told, follow_table};

/// What is told to the leader and waits: each node tells it some times a second.
const EARS: usize = 1024;

/// What the earlier steps have made.
pub(super) struct Ground<'a> {
    pub(super) me: Life,
    pub(super) inside: &'a Inside,
    pub(super) net: &'a Net,
    pub(super) store: &'a Arc<dyn CoordStore>,
    pub(super) server: &'a Server,
    /// Where it all runs.
    pub(super) runtime: &'a Handle,
}

/// What follows from it.
pub(super) struct Slots {
    pub(super) router: Arc<Router>,
    pub(super) table: watch::Receiver<Arc<SlotTable>>,
}

impl Ground<'_> {
    /// Follows the table, keeps the node listed, and opens and closes slots as both say.
    pub(super) fn own(&self, listing: &Arc<Listing>, listed: Listed, term: Arc<Term>) -> Slots {
        let ownership = Arc::new(Ownership::none(term.clone()));
        let (newest_tx, newest) = watch::channel(Arc::new(SlotTable::default()));
        let (table_tx, table) = watch::channel(Arc::new(SlotTable::default()));
        let shared = Arc::new(ArcSwap::from_pointee(SlotTable::default()));
        let router = Router::new(self.me, ownership.clone(), shared, self.net.members(), self.inside);
        let _ = self.server.router.set(router.clone());
        let runtime = self.runtime;
        runtime.spawn(follow_table(self.store.clone(), newest_tx));
        runtime.spawn(share(newest, router.clone(), table_tx));
        runtime.spawn(watch_slots(ownership.changes(), router.clone()));
        let (stay, (arrived, told)) = self.stay(listing, term, &router, &table);
        runtime.spawn(stay.run(listed, arrived, told));
        Slots { router, table }
    }

    fn stay(&self, listing: &Arc<Listing>, term: Arc<Term>, router: &Arc<Router>, table: &Table) -> (Stay, Ears) {
        let ((leader, arrived), (ear, told)) = (mpsc::channel(EARS), mpsc::channel(EARS));
        let _ = self.server.leader.set(leader.clone());
        let _ = self.server.hand_offs.set(ear);
        let shipped = Arc::new(Shipped::new(self.me, router.table.clone()));
        let _ = self.server.shipped.set(shipped.clone());
        let (slots, router) = (self.inside.slots(), router.clone());
        let ownership = router.ownership.clone();
        let say = Arc::new(Voice { me: self.me, net: self.net.clone(), store: self.store.clone(), leader });
        let stay = Stay {
            me: self.me,
            store: self.store.clone(),
            listing: listing.clone(),
            term,
            ownership,
            actors: Arc::new(NodeActors { slots, router, left: Arc::default(), shipped }),
            say,
            table: table.clone(),
        };
        (stay, (arrived, told))
    }
}

/// What comes from others, for who leads and for the two sides of hand-offs.
type Ears = (mpsc::Receiver<Arrived>, mpsc::Receiver<Told>);

type Table = watch::Receiver<Arc<SlotTable>>;

impl Slots {
    /// Waits until there is a table: the leader has seen a node.
    pub(super) async fn until_owned(&mut self) {
        // an error is a control plane that has stopped, which calls say too
        let _ = self.table.wait_for(|table| table.epoch().0 > 0).await;
    }
}

/// Lets every call see the newest table, and whoever opens and closes slots after that: what is handed over goes the new
/// way.
async fn share(mut newest: watch::Receiver<Arc<SlotTable>>, router: Arc<Router>, table: watch::Sender<Arc<SlotTable>>) {
    while newest.changed().await.is_ok() {
        let next = newest.borrow_and_update().clone();
        router.adopt(next.clone());
        table.send_replace(next);
    }
}

/// Wakes who waits for a slot to open here.
async fn watch_slots(mut changes: watch::Receiver<u64>, router: Arc<Router>) {
    while changes.changed().await.is_ok() {
        router.changed();
    }
}
