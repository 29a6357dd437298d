//! Whatever goes wrong between the nodes, what clients see could have happened on one. `SEED=7 cargo test -p
//! consort-cluster --test control linearizable` runs one course of faults again, `SEEDS=200` so many.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use consort_cluster::control::{CoordStore, Expect, Planted, RaftStore, Read, ReadError, Revision, WriteError};
use consort_protocol::cluster::NodeId;
use parking_lot::Mutex;
use tokio::time::{Instant, sleep};

use crate::checker::{Done, Op, is_linearizable};
use crate::group::{Nodes, node};
use crate::net::{Net, Weather};

const KEYS: u64 = 3;
const CLIENTS: u64 = 5;
const FAULTS: Duration = Duration::from_secs(25);

/// What all clients did, by key.
#[derive(Default)]
struct Histories {
    clock: u64,
    by_key: BTreeMap<String, Vec<Done>>,
}

/// The nodes that are up.
type Stores = Arc<Mutex<BTreeMap<NodeId, Arc<RaftStore>>>>;

struct Client {
    number: u64,
    stores: Stores,
    net: Arc<Net>,
    histories: Arc<Mutex<Histories>>,
    /// What it saw last of each key.
    seen: BTreeMap<String, (Option<u64>, Option<Revision>)>,
    written: u64,
}

impl Client {
    /// Does one thing on one node, and notes what came of it.
    async fn act(&mut self) {
        let key = format!("key/{}", self.net.draw() % KEYS);
        let store = self.stores.lock().values().nth((self.net.draw() % 4) as usize).cloned();
        let Some(store) = store else { return };
        self.written += 1;
        let value = self.number << 32 | self.written;
        let call = self.tick();
        let (op, known) = match self.net.draw() % 4 {
            0 => write(&*store, &key, value).await,
            1 => {
                let (from, revision) = self.seen.get(&key).copied().unwrap_or_default();
                swap(&*store, &key, from, revision, value).await
            }
            _ => match store.get(&key, Read::Latest).await {
                Ok(entry) => {
                    let held = entry.as_ref().map(|entry| number(&entry.value));
                    self.seen.insert(key.clone(), (held, entry.map(|entry| entry.revision)));
                    (Op::Read(held), Known::Yes)
                }
                Err(ReadError::NoQuorum | ReadError::Stopped { .. }) => (Op::Read(None), Known::NotDone),
                Err(error) => panic!("{error}"),
            },
        };
        let back = self.tick();
        let back = match known {
            Known::Yes => Some(back),
            Known::No => None,
            Known::NotDone => return,
        };
        self.histories.lock().by_key.entry(key).or_default().push(Done { op, call, back });
    }

    fn tick(&self) -> u64 {
        let mut histories = self.histories.lock();
        histories.clock += 1;
        histories.clock
    }
}

enum Known {
    Yes,
    No,
    NotDone,
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(bytes.try_into().expect("eight bytes were written"))
}

async fn write(store: &dyn CoordStore, key: &str, value: u64) -> (Op, Known) {
    let bytes = value.to_be_bytes().to_vec().into();
    (Op::Write(value), known(store.put(key, bytes, Expect::Any, None).await).0)
}

async fn swap(
    store: &dyn CoordStore,
    key: &str,
    from: Option<u64>,
    revision: Option<Revision>,
    to: u64,
) -> (Op, Known) {
    let bytes = to.to_be_bytes().to_vec().into();
    let (known, done) = known(store.put(key, bytes, revision.map_or(Expect::Absent, Expect::Revision), None).await);
    (Op::Swap { from, to, done }, known)
}

fn known(answer: Result<Revision, WriteError>) -> (Known, bool) {
    match answer {
        Ok(_) => (Known::Yes, true),
        Err(WriteError::Conflict { .. }) => (Known::Yes, false),
        Err(WriteError::NoQuorum { unknown: false }) => (Known::NotDone, false),
        Err(WriteError::NoQuorum { unknown: true } | WriteError::Stopped { .. }) => (Known::No, false),
        Err(error) => panic!("{error}"),
    }
}

/// One course of faults. `Err` names the key whose history nobody can explain.
async fn run(seed: u64, crashes: bool, bug: Planted) -> Result<usize, String> {
    let net = Net::new(seed, Weather { delay: Duration::from_millis(5), lost: 0 });
    let folder = crashes.then(|| tempfile::tempdir().unwrap());
    let data = folder.as_ref().map(|folder| folder.path().to_owned());
    let mut nodes = Nodes::start(3, 1, Arc::clone(&net), data).await;
    nodes.stores.values().for_each(|store| store.plant(bug));
    let (stores, histories) = (Stores::default(), Arc::<Mutex<Histories>>::default());
    stores.lock().extend(nodes.stores.iter().map(|(node, store)| (*node, Arc::clone(store))));
    let clients: Vec<_> = (1..=CLIENTS).map(|number| tokio::spawn(client(number, &stores, &net, &histories))).collect();
    let begin = Instant::now();
    while begin.elapsed() < FAULTS {
        fault(&mut nodes, &stores, crashes, bug).await;
    }
    for client in clients {
        client.await.expect("no client panics");
    }
    let histories = histories.lock();
    for (key, history) in &histories.by_key {
        if !is_linearizable(history) {
            return Err(format!("{key} has a history that nobody can explain"));
        }
    }
    Ok(histories.by_key.values().map(Vec::len).sum())
}

fn client(
    number: u64,
    stores: &Stores,
    net: &Arc<Net>,
    histories: &Arc<Mutex<Histories>>,
) -> impl Future<Output = ()> + use<> {
    let (stores, net, histories) = (Arc::clone(stores), Arc::clone(net), Arc::clone(histories));
    let mut client = Client { number, stores, net, histories, seen: BTreeMap::new(), written: 0 };
    async move {
        let begin = Instant::now();
        while begin.elapsed() < FAULTS {
            client.act().await;
            let pause = Duration::from_millis(client.net.draw() % 400);
            sleep(pause).await;
        }
    }
}

/// Something goes wrong for a while, and is well again.
async fn fault(nodes: &mut Nodes, stores: &Stores, crashes: bool, bug: Planted) {
    let net = Arc::clone(&nodes.net);
    let any = node(net.draw() % 3 + 1);
    let leader = nodes.leader().unwrap_or(any);
    let mut down = None;
    match net.draw() % if crashes { 6 } else { 4 } {
        0 => net.isolate(leader),
        1 => net.isolate(any),
        2 => net.cut(&[leader], &[any]),
        3 => net.weather.lock().lost = 50 + net.draw() % 250,
        _ => {
            let victim = if net.draw().is_multiple_of(2) { leader } else { any };
            stores.lock().remove(&victim);
            nodes.stop(victim).await;
            down = Some(victim);
        }
    }
    sleep(Duration::from_millis(500 + net.draw() % 4_000)).await;
    net.heal();
    net.weather.lock().lost = 0;
    if let Some(victim) = down {
        nodes.launch(victim).await;
        nodes.stores[&victim].plant(bug);
        stores.lock().insert(victim, Arc::clone(&nodes.stores[&victim]));
    }
    sleep(Duration::from_millis(net.draw() % 3_000)).await;
}

fn in_paused_time<T>(run: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(run)
}

/// So many courses of faults, or those that the environment asks for.
fn seeds(some: u64) -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    match number("SEED") {
        Some(seed) => vec![seed],
        None => (1..=number("SEEDS").unwrap_or(some)).collect(),
    }
}

fn holds_for(some: u64, crashes: bool) {
    for seed in seeds(some) {
        let begin = std::time::Instant::now();
        match in_paused_time(run(seed, crashes, Planted::Nothing)) {
            Ok(operations) => println!("SEED={seed}: {operations} operations, {:?}", begin.elapsed()),
            Err(broken) => panic!("SEED={seed}: {broken}"),
        }
    }
}

#[test]
fn histories_are_linearizable_whatever_the_network_does() {
    holds_for(6, false);
}

#[test]
fn histories_are_linearizable_when_nodes_crash_too() {
    holds_for(2, true);
}

/// Whether a bug is seen in one of the first courses of faults.
fn is_caught(bug: Planted) -> bool {
    (1..=20).any(|seed| match in_paused_time(run(seed, false, bug)) {
        Ok(_) => false,
        Err(broken) => {
            println!("SEED={seed} catches {bug:?}: {broken}");
            true
        }
    })
}

#[test]
fn a_leader_that_acknowledges_before_its_quorum_is_caught() {
    assert!(is_caught(Planted::AckBeforeQuorum));
}

#[test]
fn a_leader_that_reads_without_asking_is_caught() {
    assert!(is_caught(Planted::StaleRead));
}
