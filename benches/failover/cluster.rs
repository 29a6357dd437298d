//! [`Cluster`]: three processes with all keys, and a node without any that calls them.

use crate::counter::{Counter, CounterRef};
use consort::cluster::{Cluster as View, ClusterExt, ClusterSettings, Member, Vote};
use consort::prelude::*;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The word on the command line that makes a process a node.
pub const SERVE: &str = "serve";

/// The keys that are called.
pub const KEYS: u32 = 300;

/// What takes longer never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Three processes, and the node of the bench. All of it ends with this value.
pub struct Cluster {
    pub node: Node,
    nodes: Vec<Process>,
    addresses: [SocketAddr; 3],
    folder: PathBuf,
}

/// A process that is killed when it is dropped.
struct Process(Child);

impl Process {
    /// Waits until its node is up. The first one of a cluster leads it then, whoever comes next.
    fn until_up(&mut self) {
        let said = self.0.stdout.take().expect("what it says can be read");
        let read = BufReader::new(said).read_line(&mut String::new());
        assert!(read.is_ok_and(|bytes| bytes > 0), "the first node starts");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // an error is that it has ended
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Cluster {
    /// Starts them, and waits until every node has its share and votes, and every key has been called.
    pub async fn start() -> Self {
        static CLUSTERS: AtomicU32 = AtomicU32::new(0);
        let name = format!("consort-failover-{}-{}", std::process::id(), CLUSTERS.fetch_add(1, Relaxed));
        let (folder, addresses) = (std::env::temp_dir().join(name), free());
        let mut first = run(&addresses, &folder, 0, true);
        first.until_up();
        let others = (1..3).map(|which| run(&addresses, &folder, which, false));
        let nodes = std::iter::once(first).chain(others).collect();
        let seeds = addresses.map(|address| address.to_string()).to_vec();
        let settings = ClusterSettings { seeds, weight: Some(0), vote: Vote::Never, ..ClusterSettings::default() };
        let node = Node::builder().join(settings).start().await.expect("the node joins");
        let cluster = Self { node, nodes, addresses, folder };
        cluster.until_settled(3).await;
        cluster.until_three_vote().await;
        for counter in cluster.counters() {
            counter.add().await.expect("its node has settled");
        }
        cluster
    }

    /// A counter for each key.
    pub fn counters(&self) -> impl Iterator<Item = CounterRef> {
        (0..KEYS).map(|number| self.node.get::<Counter>(number))
    }

    pub fn view(&self) -> View {
        self.node.cluster().expect("it has joined one")
    }

    /// Sends a node a signal, by its name without SIG.
    pub fn signal(&self, which: usize, signal: &str) {
        let sent = Command::new("kill").args(["-s", signal, &self.process(which).to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal {signal} is sent");
    }

    /// The process of a node.
    pub fn process(&self, which: usize) -> u32 {
        self.nodes[which].0.id()
    }

    /// Waits for the end of a node's process.
    pub async fn ended(&mut self, which: usize) {
        let begun = Instant::now();
        while self.nodes[which].0.try_wait().expect("a child can be waited for").is_none() {
            assert!(begun.elapsed() < PATIENCE, "the node does not end");
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Starts a node again, over its data.
    pub fn restart(&mut self, which: usize) {
        self.nodes[which] = run(&self.addresses, &self.folder, which, false);
    }

    /// The node, as the bench's sees it.
    pub fn member(&self, which: usize) -> Arc<Member> {
        let address = self.addresses[which].to_string();
        let members = self.view().members();
        let member = members.present().find(|member| member.address.as_str() == address);
        member.cloned().expect("the node is a member")
    }

    /// Waits until nothing moves any more, and so many nodes have keys.
    pub async fn until_settled(&self, count: usize) {
        let begun = Instant::now();
        let is_settled = |view: &View| view.shares().is_settled() && view.shares().nodes.len() == count;
        while !is_settled(&self.view()) {
            assert!(begun.elapsed() < PATIENCE, "the cluster does not settle: {}", self.view().shares());
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Waits until the loss of one node leaves a quorum.
    async fn until_three_vote(&self) {
        let begun = Instant::now();
        while !self.view().voters().await.is_ok_and(|voters| voters.len() == 3) {
            assert!(begun.elapsed() < PATIENCE, "not all nodes come to vote");
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Ends the node of the bench, then the others.
    pub async fn end(self) {
        // an error is what was left behind, and nobody needs it
        let _ = self.node.shutdown().await;
        drop(self.nodes);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// In a node's process.
pub fn serve(words: &[String]) {
    let [bind, data, seeds @ ..] = words else { panic!("an address, a folder, and seeds") };
    let settings = ClusterSettings {
        bind: Some(bind.parse().expect("an address")),
        data: Some(data.into()),
        ..ClusterSettings::seeds(seeds)
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let node = Node::builder().serve::<Counter>().join(settings).start().await.expect("the node starts");
        println!("up");
        node.run().await.expect("the node ends well");
    });
}

fn run(addresses: &[SocketAddr; 3], folder: &Path, which: usize, is_first: bool) -> Process {
    let mut command = Command::new(std::env::current_exe().expect("the system knows this program"));
    command.arg(SERVE).arg(addresses[which].to_string()).arg(folder.join(which.to_string()));
    if !is_first {
        command.args(addresses.iter().filter(|address| **address != addresses[which]).map(SocketAddr::to_string));
    }
    let said = if is_first { Stdio::piped() } else { Stdio::null() };
    Process(command.stdin(Stdio::null()).stdout(said).spawn().expect("the program can be started again"))
}

/// Addresses that nobody has.
fn free() -> [SocketAddr; 3] {
    // all bound at the same time, so that they differ
    let sockets = [(); 3].map(|()| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port"));
    sockets.map(|socket| socket.local_addr().expect("it is bound"))
}
