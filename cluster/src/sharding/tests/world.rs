//! [`World`]: several nodes over one control plane, on virtual time.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::slots::handoff::Message;
use consort_protocol::cluster::slots::{Epoch, SLOTS, Slot, SlotTable, Tenure};
use consort_protocol::cluster::{Generation, Life, NodeId};
use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::way::Way;
use crate::control::{CoordStore, MemoryStore};
use crate::sharding::*;

/// Everybody's ears: what the leader is told, and what the two sides of a hand-off say.
type Ears = Arc<Mutex<BTreeMap<Life, (mpsc::Sender<Arrived>, mpsc::Sender<Told>)>>>;

/// Slots take so long to be let go.
const DRAIN: Duration = Duration::from_millis(20);

pub struct World {
    pub store: MemoryStore,
    ears: Ears,
}

pub struct TestNode {
    pub life: Life,
    pub listing: Arc<Listing>,
    ownership: Arc<Ownership>,
    tasks: Vec<AbortHandle>,
    /// Its way to the control plane.
    pub way: Way,
}

struct Slow;

impl Actors for Slow {
    fn begin_to_leave(&self, _: &[Slot]) {}

    fn begin(&self, _: &[Slot]) {}

    fn until_back(&self, _: Vec<Slot>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }

    fn let_go(&self, slots: Vec<Slot>, left: mpsc::Sender<Slot>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            tokio::time::sleep(DRAIN).await;
            slots.into_iter().for_each(|slot| left.try_send(slot).expect("there is room for all slots"));
        })
    }

    fn cut_off(&self, _: Vec<Slot>) {}

    fn ship(&self, _: Slot, _: Tenure) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        None
    }

    fn restore(&self, _: &BTreeMap<Slot, Epoch>) {}

    fn pass_on(&self, _: &BTreeMap<Slot, Epoch>) {}

    fn forget(&self, _: Slot) {}
}

/// Speaks as one node.
struct Voice(Life, Ears);

impl Say for Voice {
    /// Tells everybody, since anybody may lead.
    fn arrived(&self, slots: Arrived) {
        self.1.lock().values().for_each(|(leader, _)| _ = leader.try_send(slots.clone()));
    }

    fn tell(&self, to: Life, messages: Vec<Message>) {
        self.1.lock().get(&to).inspect(|(_, ear)| _ = ear.try_send((self.0, messages)));
    }
}

impl World {
    pub fn new() -> Self {
        World { store: MemoryStore::new(), ears: Ears::default() }
    }

    pub async fn start(&self, id: u64) -> TestNode {
        let life = Life { id: NodeId::new(id).unwrap(), generation: Generation(1) };
        self.start_at(life, &format!("127.0.0.1:{id}")).await
    }

    pub async fn start_at(&self, life: Life, address: &str) -> TestNode {
        let way = Way::to(&self.store);
        let store: Arc<dyn CoordStore> = Arc::new(way.clone());
        let record = NodeRecord::new(life, &address.parse().unwrap(), "", 100);
        let term = Arc::new(Term::new(Clock::of_the_runtime()));
        let listing = Arc::new(Listing::new(store.clone(), life, record, term.quorum().clone()));
        let ownership = Arc::new(Ownership::none(term.clone()));
        let ((leader, arrived), (ear, told)) = (mpsc::channel(64), mpsc::channel(64));
        self.ears.lock().insert(life, (leader, ear));
        let (table, tables) = watch::channel(Arc::new(SlotTable::default()));
        let stay = Stay {
            me: life,
            store: store.clone(),
            listing: listing.clone(),
            term,
            ownership: ownership.clone(),
            actors: Arc::new(Slow),
            say: Arc::new(Voice(life, self.ears.clone())),
            table: tables,
        };
        let listed = listing.enlist().await.unwrap();
        let tasks = vec![
            tokio::spawn(stay.run(listed, arrived, told)).abort_handle(),
            tokio::spawn(follow_table(store, table)).abort_handle(),
        ];
        TestNode { life, listing, ownership, tasks, way }
    }
}

impl TestNode {
    pub fn owned(&self) -> usize {
        self.ownership.owned().len()
    }

    /// As `kill -9`: it says nothing any more.
    pub fn kill(&self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }

    pub async fn leave(&self) {
        self.listing.begin_to_leave().await.unwrap();
    }
}

/// Waits until each owns so many slots; at every moment on the way no slot has two owners.
pub async fn until(nodes: &[&TestNode], wanted: &[usize]) -> Duration {
    let start = Instant::now();
    while nodes.iter().map(|node| node.owned()).collect::<Vec<_>>() != wanted {
        for slot in Slot::all() {
            let owners: Vec<_> = nodes.iter().filter(|node| node.ownership.since(slot).is_some()).collect();
            assert!(owners.len() < 2, "{slot} has two owners: {} and {}", owners[0].life, owners[1].life);
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", nodes.iter().map(|n| n.owned()).collect::<Vec<_>>());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    start.elapsed()
}

/// All slots.
pub const ALL: usize = SLOTS as usize;
