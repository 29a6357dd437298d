//! Nodes for tests: with certificates of their own, which nobody else on the machine has.

use std::time::Duration;

use consort_cluster::{Client, Cluster, ClusterExt, ClusterSettings};
use consort_runtime::{Node, NodeBuilder, service};
use tokio::time::timeout;

use crate::identity::identity;

/// Longer than anything here takes on a slow machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Counts, and says on which node it does.
pub struct Counter {
    total: u64,
    node: &'static str,
}

#[service(name = "counter", version = "1.2.0", key = "/counter/{number: u32}")]
impl Counter {
    /// Adds `by`.
    pub async fn add(&mut self, by: u64) -> u64 {
        self.total += by;
        self.total
    }

    /// The node it lives on.
    pub async fn node(&mut self) -> String {
        self.node.to_owned()
    }
}

/// Has no key: each node that serves it has its own.
#[derive(Default)]
pub struct Greeter;

#[service(name = "greeter", version = "0.3.0")]
impl Greeter {
    /// Greets.
    pub async fn greet(&mut self) -> String {
        "hello".to_owned()
    }
}

/// Settings of a node that joins by these seeds.
pub fn settings(seeds: &[String]) -> ClusterSettings {
    ClusterSettings {
        bind: "127.0.0.1:0".parse().ok(),
        identity: Some(identity()),
        ..ClusterSettings::seeds(seeds.iter().map(String::as_str))
    }
}

/// What a node of this name serves.
pub fn serving(name: &'static str) -> NodeBuilder {
    let make = move |_: u32| async move { Ok::<_, String>(Counter { total: 0, node: name }) };
    Node::builder().name(name).drain_deadline(PATIENCE).serve_with::<Counter, _, _, _>(make)
}

/// A node of this name that joins by these seeds.
pub async fn node(name: &'static str, seeds: &[String]) -> Node {
    serving(name).join(settings(seeds)).start().await.unwrap()
}

/// Several of them, each knowing all, with the slots spread evenly.
pub async fn cluster<const N: usize>(names: [&'static str; N]) -> [Node; N] {
    let mut nodes: Vec<Node> = Vec::new();
    for name in names {
        let seeds: Vec<_> = nodes.first().map(address).into_iter().collect();
        nodes.push(node(name, &seeds).await);
    }
    for node in &nodes {
        until_spread(node, N).await;
    }
    nodes.try_into().unwrap_or_else(|_| unreachable!("as many nodes as names"))
}

/// Whether so many nodes are there, as this one sees it, and have as many slots each.
fn is_spread(node: &Node, nodes: usize) -> bool {
    let (shares, members) = (of(node).shares(), of(node).members());
    let held = || shares.nodes.values().map(|share| share.held);
    let is_even = held().max().unwrap_or_default() - held().min().unwrap_or_default() <= 1;
    let taking_calls = members.iter().filter(|member| member.takes_calls()).count();
    shares.is_settled() && is_even && shares.nodes.len() == nodes && taking_calls == nodes
}

/// Waits for that, and says what there is instead.
pub async fn until_spread(node: &Node, nodes: usize) {
    let wait = async {
        while !is_spread(node, nodes) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    if timeout(PATIENCE, wait).await.is_err() {
        panic!("{nodes} nodes are wanted: {}, {:?}", of(node).shares(), of(node).members());
    }
}

/// The cluster that a node has joined.
pub fn of(node: &Node) -> Cluster {
    node.cluster().unwrap()
}

/// Where a node is reached.
pub fn address(node: &Node) -> String {
    let cluster = of(node);
    cluster.members().by_life(cluster.me()).unwrap().address.to_string()
}

/// A client of these seeds.
pub async fn client(seeds: &[String]) -> Client {
    Client::connect_with(settings(seeds)).await.unwrap()
}

/// Waits for a condition.
pub async fn until(condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, wait).await.expect("the condition comes true");
}
