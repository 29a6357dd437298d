//! Nodes for these tests.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use consort_cluster::{ClusterExt, ClusterSettings};
use consort_runtime::{Node, NodeBuilder, service};

use crate::identity::identity;

/// Longer than anything here takes on a slow machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Counts.
#[derive(Default)]
pub struct Counter(u64);

#[service(name = "counter", key = "/counter/{number: u32}")]
impl Counter {
    /// Adds `by`.
    pub async fn add(&mut self, by: u64) -> u64 {
        self.0 += by;
        self.0
    }

    /// Never answers.
    pub async fn hang(&mut self) {
        std::future::pending().await
    }
}

/// Settings of a node that joins by these seeds.
pub fn settings(seeds: &[SocketAddr]) -> ClusterSettings {
    ClusterSettings {
        bind: "127.0.0.1:0".parse().ok(),
        identity: Some(identity()),
        ..ClusterSettings::seeds(seeds.iter().map(ToString::to_string))
    }
}

/// What a node serves.
pub fn serving() -> NodeBuilder {
    Node::builder().drain_deadline(PATIENCE).serve::<Counter>()
}

/// A node that joins by these seeds.
pub async fn node(seeds: &[SocketAddr]) -> Node {
    serving().join(settings(seeds)).start().await.unwrap()
}

/// Where a node is reached.
pub fn address(node: &Node) -> SocketAddr {
    let cluster = node.cluster().unwrap();
    cluster.members().by_life(cluster.me()).unwrap().address.as_str().parse().unwrap()
}

/// Whether nobody has the port.
pub fn is_free(address: SocketAddr) -> bool {
    UdpSocket::bind(address).is_ok()
}
