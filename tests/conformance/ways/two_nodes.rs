//! Two nodes in this process, over QUIC on the loopback device.

use std::sync::LazyLock;

use consort::cluster::ClusterSettings;
use consort::prelude::*;
use consort_testkit::until;

use crate::cast::serve;
use crate::host::Host;
use crate::stand::{PATIENCE, Stand};

/// Of all slots. No key moves any more once both nodes have it.
const HALF: usize = 2_048;

/// Its host.
pub static STAND: LazyLock<Stand> = LazyLock::new(|| Stand::of(host()));

async fn host() -> Host {
    let cluster = format!("conformance of two nodes {}", std::process::id());
    let node = first(&cluster).await;
    let settings = second(&node, &cluster);
    let other = serve(Node::builder()).join(settings.clone()).start().await.expect("the other node joins");
    until_shared(&node).await;
    until_shared(&other).await;
    // it ends with the process
    std::mem::forget(other);
    Host { node, settings: Some(settings) }
}

/// The first node of a cluster.
pub async fn first(cluster: &str) -> Node {
    let settings = ClusterSettings {
        bind: "127.0.0.1:0".parse().ok(),
        cluster: Some(cluster.to_owned()),
        ..ClusterSettings::default()
    };
    serve(Node::builder()).join(settings).start().await.expect("the first node forms a cluster")
}

/// What the second one is told.
pub fn second(first: &Node, cluster: &str) -> ClusterSettings {
    let seen = first.cluster().expect("it is in a cluster");
    let address = seen.members().by_life(seen.me()).expect("it is a member").address.to_string();
    ClusterSettings { cluster: Some(cluster.to_owned()), ..ClusterSettings::seeds([address]) }
}

/// Waits until both nodes have their share of the keys.
pub async fn until_shared(node: &Node) {
    let cluster = node.cluster().expect("it is in a cluster");
    let is_shared = || {
        let shares = cluster.shares();
        let (held, members) = (shares.nodes.values().map(|share| share.held), cluster.members());
        let takes_calls = members.iter().filter(|member| member.takes_calls()).count();
        shares.is_settled() && held.filter(|held| *held == HALF).count() == 2 && takes_calls == 2
    };
    until(is_shared).within(PATIENCE).waiting_for("two nodes with keys").await;
}
