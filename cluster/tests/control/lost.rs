//! How soon it goes on without a voter that is lost and says nothing.

use std::sync::Arc;
use std::time::Duration;

use consort_cluster::control::{CoordStore, Expect, RaftStore};
use consort_protocol::cluster::NodeId;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::group::{Nodes, node};

const TTL: Duration = Duration::from_secs(2);

/// Much less than a watch waits at one voter, and more than all messages of the test take.
const SOON: Duration = Duration::from_secs(1);

/// The node is lost; whoever leads the others then.
async fn led_without(nodes: &Nodes, lost: NodeId) -> Arc<RaftStore> {
    nodes.net.isolate(lost);
    let others: Vec<NodeId> = [1, 2, 3].map(node).into_iter().filter(|other| *other != lost).collect();
    Arc::clone(&nodes.stores[&nodes.leader_of(&others).await])
}

#[tokio::test(start_paused = true)]
async fn a_watch_leaves_a_voter_that_may_be_dead_before_the_connection_says_so() {
    for lost in [1, 2, 3].map(node) {
        let nodes = Nodes::calm(3, 1).await;
        let asker = nodes.store(4);
        let put = asker.put("key", "1".into(), Expect::Any, None).await.unwrap();
        let mut told = JoinSet::new();
        // some of them wait at each voter
        for _ in 0..16 {
            let mut watch = asker.watch("key", put);
            told.spawn(async move { watch.next().await.map(|_| Instant::now()) });
        }
        sleep(Duration::from_millis(100)).await;
        asker.set_doubted([lost]);
        let leader = led_without(&nodes, lost).await;
        let begun = Instant::now();
        leader.put("key", "2".into(), Expect::Any, None).await.unwrap();
        for at in told.join_all().await {
            let waited = at.unwrap().duration_since(begun);
            assert!(waited < SOON, "{lost} was lost, and a watch was told after {waited:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_may_be_dead_and_is_not_is_asked_if_nobody_else_knows() {
    let nodes = Nodes::calm(1, 3).await;
    let asker = nodes.store(4);
    let put = asker.put("key", "1".into(), Expect::Any, None).await.unwrap();
    let lease = asker.grant(TTL).await.unwrap();
    let mut watch = asker.watch("key", put);
    let told = tokio::spawn(async move { watch.next().await.map(|_| Instant::now()) });
    sleep(Duration::from_millis(100)).await;
    // the only one that votes, and the others do not
    asker.set_doubted([node(1)]);
    nodes.net.isolate(node(1));
    sleep(TTL / 2).await;
    nodes.net.heal();
    let begun = Instant::now();
    asker.renew(lease).await.unwrap();
    assert!(begun.elapsed() < SOON, "it was found again after {:?}", begun.elapsed());
    sleep(Duration::from_secs(3)).await;
    let begun = Instant::now();
    nodes.store(1).put("key", "2".into(), Expect::Any, None).await.unwrap();
    let waited = told.await.unwrap().unwrap().duration_since(begun);
    assert!(waited < 2 * SOON, "it was told after {waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_new_leader_counts_every_lease_from_when_it_leads() {
    for wait in [0, 50, 100, 150, 200].map(Duration::from_millis) {
        let nodes = Nodes::calm(3, 0).await;
        let leader = Arc::clone(&nodes.stores[&nodes.leader().unwrap()]);
        let lease = leader.grant(TTL).await.unwrap();
        let put = leader.put("key", "x".into(), Expect::Absent, Some(lease)).await.unwrap();
        sleep(wait).await;
        let next = led_without(&nodes, nodes.leader().unwrap()).await;
        let led = Instant::now();
        next.watch("key", put).next().await.expect("nobody renews it");
        let lasted = led.elapsed();
        // when it came to lead was seen some milliseconds later, and the end takes some
        assert!(lasted + Duration::from_millis(20) >= TTL, "it ended early, after {lasted:?}");
        assert!(lasted < TTL + Duration::from_millis(50), "it ended late, after {lasted:?}");
    }
}
