use std::collections::BTreeSet;

use consort_cluster::control::ReadError;
use consort_cluster::{ClusterExt, MemberState};
use consort_runtime::Node;
use tokio::time::timeout;

use crate::nodes::{PATIENCE, address, cluster, of, serving, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_sees_who_is_there_who_leads_and_how_slots_are_spread() {
    let nodes = cluster(["a", "b"]).await;
    let (first, second) = (of(&nodes[0]), of(&nodes[1]));
    assert_eq!((first.name(), first.members().iter().len()), ("consort", 2));
    let other = first.members().by_life(second.me()).cloned().unwrap();
    assert_eq!((other.address.to_string(), other.state), (address(&nodes[1]), MemberState::Up));
    assert_eq!(other.meta.services.get("counter").map(String::as_str), Some("1.2.0"));
    let leader = first.leader().await.unwrap();
    assert!(leader == Some(first.me()) || leader == Some(second.me()), "{leader:?}");
    assert_eq!(second.leader().await.unwrap(), leader);
    let shares = first.shares();
    assert_eq!((shares.epoch, shares.nobodys), (first.epoch(), 0));
    assert!(shares.nodes.values().all(|share| share.held == 2048), "{shares}");
    for node in nodes {
        node.shutdown().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_leaves_is_seen_to_go_and_its_handle_goes_on_telling_what_was_known() {
    let [first, second] = cluster(["a", "b"]).await;
    let (view, gone) = (of(&first), of(&second));
    second.shutdown().await.unwrap();
    drop(second);
    until(|| view.shares().nodes.keys().eq([&view.me()])).await;
    until(|| view.members().present().count() == 1).await;
    assert_ne!(gone.me(), view.me());
    assert_eq!(gone.name(), "consort");
    assert!(gone.next_id() < gone.next_id());
    first.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_node_sees_who_votes_until_it_has_ended() {
    let nodes = cluster(["a", "b", "c"]).await;
    let all: BTreeSet<_> = nodes.iter().map(|node| of(node).me().id).collect();
    for view in nodes.iter().map(of) {
        let wait = async { while view.voters().await.ok().as_ref() != Some(&all) {} };
        timeout(PATIENCE, wait).await.expect("all three come to vote");
    }
    let view = of(&nodes[0]);
    for node in nodes {
        node.shutdown().await.unwrap();
    }
    assert!(matches!(view.voters().await, Err(ReadError::Stopped { .. })));
}

#[tokio::test]
async fn a_node_alone_has_no_cluster() {
    let node: Node = serving("alone").start().await.unwrap();
    assert!(node.cluster().is_none());
    assert!(node.explain::<crate::nodes::Counter>(7).is_none());
    node.shutdown().await.unwrap();
}
