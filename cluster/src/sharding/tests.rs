//! Several nodes over one control plane, on virtual time: who owns what, and that nobody owns anything twice.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
use crate::control::{
    CoordStore, Entry, Expect, LeaseError, LeaseId, MemoryStore, Pending, Read, ReadError, Revision, Snapshot,
    Transaction, Watch, WriteError,
};

/// Everybody's ears: what the leader is told, and what the two sides of a hand-off say.
type Ears = Arc<Mutex<BTreeMap<Life, (mpsc::Sender<Arrived>, mpsc::Sender<Told>)>>>;

/// Slots take so long to be let go.
const DRAIN: Duration = Duration::from_millis(20);

struct World {
    store: MemoryStore,
    ears: Ears,
    deafness: Deafness,
}

/// While it is true, ranges cannot be read: the control plane is between two leaders.
type Deafness = Arc<AtomicBool>;

/// The store as a node has it.
struct Heard(MemoryStore, Deafness);

impl CoordStore for Heard {
    fn commit(&self, transaction: Transaction) -> Pending<'_, Result<Revision, WriteError>> {
        self.0.commit(transaction)
    }

    fn get<'a>(&'a self, key: &'a str, read: Read) -> Pending<'a, Result<Option<Entry>, ReadError>> {
        self.0.get(key, read)
    }

    fn range<'a>(&'a self, prefix: &'a str, read: Read) -> Pending<'a, Result<Snapshot, ReadError>> {
        match self.1.load(Ordering::Relaxed) {
            true => Box::pin(std::future::ready(Err(ReadError::NoQuorum))),
            false => self.0.range(prefix, read),
        }
    }

    fn watch(&self, prefix: &str, from: Revision) -> Watch {
        self.0.watch(prefix, from)
    }

    fn grant(&self, ttl: Duration) -> Pending<'_, Result<LeaseId, LeaseError>> {
        self.0.grant(ttl)
    }

    fn renew(&self, lease: LeaseId) -> Pending<'_, Result<(), LeaseError>> {
        self.0.renew(lease)
    }

    fn revoke(&self, lease: LeaseId) -> Pending<'_, Result<(), LeaseError>> {
        self.0.revoke(lease)
    }
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
        World { store: MemoryStore::new(), ears: Ears::default(), deafness: Deafness::default() }
    }

    async fn start(&self, id: u64) -> TestNode {
        let (life, config) = (Life { id: NodeId::new(id).unwrap(), generation: Generation(1) }, LeaseConfig::default());
        let store: Arc<dyn CoordStore> = Arc::new(Heard(self.store.clone(), self.deafness.clone()));
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
async fn a_node_that_is_gone_is_noticed_by_a_leader_that_could_not_read_then() {
    let world = World::new();
    let (first, second) = (world.start(1).await, world.start(2).await);
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    second.kill();
    world.deafness.store(true, Ordering::Relaxed);
    // longer than its lease: the only change there is comes while nobody can look at the nodes
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(first.owned(), ALL / 2);
    world.deafness.store(false, Ordering::Relaxed);
    until(&[&first], &[ALL]).await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_leaves_hands_over_all_it_has() {
    let world = World::new();
    let (first, mut second) = (world.start(1).await, world.start(2).await);
    until(&[&first, &second], &[ALL / 2, ALL / 2]).await;
    second.leave().await;
    until(&[&first, &second], &[ALL, 0]).await;
}
