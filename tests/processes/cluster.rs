//! [`Cluster`]: three processes, and the node of the test.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use consort::cluster::{ClusterSettings, Member, Vote};
use consort::prelude::*;
use tokio::sync::{Mutex, MutexGuard};

use crate::counter::{Counter, JOURNAL, PROGRAM};
use crate::journal::Journal;

/// The keys of every test: enough that each of three nodes has some.
pub const KEYS: u32 = 24;

/// Seconds that a node has to leave, as by default.
pub const DRAIN: u64 = 30;

/// What takes longer fails: some times what it takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// One cluster at a time: each is four nodes, and the bounds are for a machine that has time for them.
static TURN: Mutex<()> = Mutex::const_new(());

/// Three nodes as processes of their own, which end with this value, and one in this process, which has no keys.
pub struct Cluster {
    /// Calls the others.
    pub node: Node,
    /// What the handlers write.
    pub journal: Journal,
    ports: Vec<u16>,
    lasting: Lasting,
    processes: Vec<Running>,
    _turn: MutexGuard<'static, ()>,
}

/// What the nodes are given whenever they are started.
#[derive(Default)]
struct Lasting {
    data: Option<Data>,
    /// Only the first one votes.
    is_one_voter: bool,
}

/// A folder with the data directories of the nodes, which goes with this value.
struct Data(PathBuf);

impl Drop for Data {
    fn drop(&mut self) {
        // who looks into a failure wants to see it
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// A process that is killed when it is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // an error is that it has ended
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Cluster {
    /// Starts them, and waits until every one has keys. They keep nothing on a disk: who is restarted is a new node.
    pub async fn start(name: &str) -> Cluster {
        Cluster::start_over(name, Lasting::default()).await
    }

    /// As [`start`](Cluster::start), each with a data directory: who is restarted is the same node.
    pub async fn start_with_data(name: &str) -> Cluster {
        let folder = format!("{name}.{}.data", std::process::id());
        let data = Some(Data(Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder)));
        Cluster::start_over(name, Lasting { data, ..Lasting::default() }).await
    }

    /// As [`start`](Cluster::start), with one voter: the first node.
    pub async fn start_with_one_voter(name: &str) -> Cluster {
        Cluster::start_over(name, Lasting { is_one_voter: true, ..Lasting::default() }).await
    }

    async fn start_over(name: &str, lasting: Lasting) -> Cluster {
        let turn = TURN.lock().await;
        let (journal, ports) = (Journal::new(name), free_ports(3));
        let processes = (0..3).map(|which| run(&journal, &ports, &lasting, which, which == 0)).collect();
        let settings = ClusterSettings { weight: Some(0), vote: Vote::Never, ..ClusterSettings::seeds(seeds(&ports)) };
        let node = Node::builder().join(settings).start().await.expect("the test's node joins");
        let cluster = Cluster { node, journal, ports, lasting, processes, _turn: turn };
        cluster.until_spread_over(3).await;
        cluster
    }

    /// The process of a node.
    pub fn process(&self, which: usize) -> u32 {
        self.processes[which].0.id()
    }

    /// The node at its address, as the node of the test sees it.
    pub fn member(&self, which: usize) -> Arc<Member> {
        let (cluster, address) = (self.node.cluster().expect("it has joined one"), self.seed(which));
        let member = cluster.members().present().find(|member| member.address.as_str() == address).cloned();
        member.unwrap_or_else(|| panic!("nobody is at {address}: {:?}", cluster.members()))
    }

    fn seed(&self, which: usize) -> String {
        format!("127.0.0.1:{}", self.ports[which])
    }

    /// Sends it a signal, by its name without SIG.
    pub fn signal(&self, which: usize, signal: &str) {
        let command = format!("kill -s {signal} {}", self.process(which));
        let sent = Command::new("sh").args(["-c", &command]).status();
        assert!(sent.is_ok_and(|status| status.success()), "{command}");
    }

    /// Waits for its end; whether it ended well.
    pub async fn ended(&mut self, which: usize) -> bool {
        let began = Instant::now();
        loop {
            match self.processes[which].0.try_wait().expect("a child can be waited for") {
                Some(status) => return status.success(),
                None => assert!(began.elapsed() < Duration::from_secs(DRAIN) + PATIENCE, "node {which} does not end"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Starts it anew, at its address. The others are its seeds.
    pub fn restart(&mut self, which: usize) {
        self.processes[which] = run(&self.journal, &self.ports, &self.lasting, which, false);
    }

    /// The process each key lives in, as it says itself.
    pub async fn homes(&self) -> Vec<u32> {
        let mut homes = Vec::new();
        for number in 0..KEYS {
            // one that was lost on its way counted or not, which is no matter here
            if let Ok(counted) = self.node.get::<Counter>(number).add().timeout(PATIENCE).await {
                homes.push(counted.process);
            }
        }
        homes
    }

    /// Waits until the keys live in so many processes.
    pub async fn until_spread_over(&self, count: usize) {
        self.until(&format!("keys in {count} processes"), |homes| homes.len() == count).await;
    }

    /// Waits until nothing moves any more, and so many nodes have slots.
    pub async fn until_settled(&self, count: usize) {
        let (began, cluster) = (Instant::now(), self.node.cluster().expect("it has joined one"));
        let shares = || cluster.shares();
        while !shares().is_settled() || shares().nodes.len() != count {
            assert!(began.elapsed() < PATIENCE, "not after {PATIENCE:?}: {count} nodes at rest: {}", shares());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until what is true of the processes that have keys, when all keys answer.
    pub async fn until(&self, what: &str, holds: impl Fn(&BTreeSet<u32>) -> bool) {
        let began = Instant::now();
        loop {
            let homes = self.homes().await;
            let all = homes.len() == KEYS as usize;
            let homes = homes.into_iter().collect();
            if all && holds(&homes) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "not after {PATIENCE:?}: {what}; they are in {homes:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// This very program, told to be a node and nothing else.
fn run(journal: &Journal, ports: &[u16], lasting: &Lasting, which: usize, first: bool) -> Running {
    let mut command = Command::new(std::env::current_exe().expect("a test knows its own path"));
    command.args([PROGRAM, "--exact", "--nocapture"]).stdin(Stdio::null()).stdout(Stdio::null());
    command.env(JOURNAL, &journal.0).env("CONSORT_BIND", format!("127.0.0.1:{}", ports[which]));
    command.env("CONSORT_DRAIN", DRAIN.to_string());
    if let Some(Data(folder)) = &lasting.data {
        command.env("CONSORT_DATA", folder.join(which.to_string()));
    }
    if lasting.is_one_voter && which > 0 {
        command.env("CONSORT_VOTE", "never");
    }
    if !first {
        let others: Vec<u16> = ports.iter().copied().filter(|port| *port != ports[which]).collect();
        command.env("CONSORT_SEEDS", seeds(&others).join(","));
    }
    Running(command.spawn().expect("a node starts"))
}

fn seeds(ports: &[u16]) -> Vec<String> {
    ports.iter().map(|port| format!("127.0.0.1:{port}")).collect()
}

/// Ports that nobody has, all different.
fn free_ports(count: usize) -> Vec<u16> {
    let sockets = (0..count).map(|_| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port"));
    let sockets: Vec<UdpSocket> = sockets.collect();
    sockets.iter().map(|socket| socket.local_addr().expect("it has an address").port()).collect()
}
