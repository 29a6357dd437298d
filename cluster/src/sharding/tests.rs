//! Several nodes over one control plane, on virtual time: who owns what, and that nobody owns anything twice.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::lease::LeaseConfig;
use consort_protocol::cluster::slots::handoff::Message;
use consort_protocol::cluster::slots::{SLOTS, Slot, SlotTable};
use consort_protocol::cluster::{Generation, Life, NodeId};
use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::*;
use crate::control::{CoordStore, Expect, LeaseId, MemoryStore};

/// Everybody's ears: what the leader is told, and what the two sides of a hand-off say.
type Ears = Arc<Mutex<BTreeMap<Life, (mpsc::Sender<Arrived>, mpsc::Sender<Told>)>>>;

/// Slots take so long to be let go.
const DRAIN: Duration = Duration::from_millis(20);

struct World {
    store: MemoryStore,
    ears: Ears,
}

struct TestNode {
    life: Life,
    lease: LeaseId,
    ownership: Arc<Ownership>,
    tasks: Vec<AbortHandle>,
    store: MemoryStore,
    record: NodeRecord,
}

struct Slow;

impl Actors for Slow {
    fn let_go(&self, _: Vec<Slot>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(DRAIN))
    }

    fn cut_off(&self, _: Vec<Slot>) {}
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
    fn new() -> Self {
        World { store: MemoryStore::new(), ears: Ears::default() }
    }

    async fn start(&self, id: u64) -> TestNode {
        let (life, config) = (Life { id: NodeId::new(id).unwrap(), generation: Generation(1) }, LeaseConfig::default());
        let store: Arc<dyn CoordStore> = Arc::new(self.store.clone());
        let lease = store.grant(config.let_go_after()).await.unwrap();
        let record = NodeRecord::new(life, &"127.0.0.1:1".parse().unwrap(), "", 100);
        let keeper = LeaseKeeper::new(store.clone(), lease, config);
        let standing = keeper.standing();
        store.put(&node_key(life.id), record.pack(), Expect::Absent, Some(lease)).await.unwrap();
        let ownership = Arc::new(Ownership::none());
        let ((leader, arrived), (ear, told)) = (mpsc::channel(64), mpsc::channel(64));
        self.ears.lock().insert(life, (leader, ear));
        let voice = Arc::new(Voice(life, self.ears.clone()));
        let holding = Holding::new(life, ownership.clone(), Arc::new(Slow), voice);
        let (table, tables) = watch::channel(Arc::new(SlotTable::default()));
        let tasks = vec![
            tokio::spawn(keeper.run()).abort_handle(),
            tokio::spawn(Leader::new(store.clone(), life, lease).run(arrived)).abort_handle(),
            tokio::spawn(holding.run(tables, standing, told)).abort_handle(),
            tokio::spawn(follow_table(store, table)).abort_handle(),
        ];
        TestNode { life, lease, ownership, tasks, store: self.store.clone(), record }
    }
}

impl TestNode {
    fn owned(&self) -> usize {
        self.ownership.owned().len()
    }

    /// As `kill -9`: it says nothing any more.
    fn kill(&self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }

    async fn leave(&mut self) {
        self.record.leaving = true;
        let (key, lease) = (node_key(self.life.id), Some(self.lease));
        self.store.put(&key, self.record.pack(), Expect::Any, lease).await.unwrap();
    }
}

/// Waits until each owns so many slots; at every moment on the way no slot has two owners.
async fn until(nodes: &[&TestNode], wanted: &[usize]) -> Duration {
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

const ALL: usize = SLOTS as usize;

#[tokio::test(start_paused = true)]
async fn a_node_alone_owns_all_slots() {
    let world = World::new();
    let first = world.start(1).await;
    until(&[&first], &[ALL]).await;
}

#[tokio::test(start_paused = true)]
async fn slots_are_shared_with_those_who_come_and_nobody_owns_one_twice() {
    let world = World::new();
    let first = world.start(1).await;
    until(&[&first], &[ALL]).await;
    let second = world.start(2).await;
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
}

#[tokio::test(start_paused = true)]
async fn the_slots_of_a_node_that_is_killed_are_owned_again_once_its_lease_has_ended() {
    let world = World::new();
    let (first, second) = (world.start(1).await, world.start(2).await);
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    first.kill();
    let took = until(&[&second], &[ALL]).await;
    assert!(took < Duration::from_millis(2_500), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_leaves_hands_over_all_it_has() {
    let world = World::new();
    let (first, mut second) = (world.start(1).await, world.start(2).await);
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    second.leave().await;
    until(&[&first, &second], &[ALL, 0]).await;
}
