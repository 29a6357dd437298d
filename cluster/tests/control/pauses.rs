//! A grantor of leases that stands still while all its clocks go on, as a process that is stopped.

use std::time::Duration;

use consort_cluster::control::{CoordStore, Expect, GroupError, LeaseError, LeaseId, MemoryStore, Read, Revision};
use tokio::time::{Instant, advance, sleep};

use crate::group::{Nodes, node, until};

const TTL: Duration = Duration::from_secs(2);

/// Many times the lease.
const PAUSE: Duration = Duration::from_secs(30);

async fn listed(store: &dyn CoordStore, key: &str) -> (LeaseId, Revision) {
    let lease = store.grant(TTL).await.unwrap();
    (lease, store.put(key, "x".into(), Expect::Absent, Some(lease)).await.unwrap())
}

/// Of two leases one is renewed when the grantor wakes, and the other one never again.
async fn a_pause_ends_no_lease_and_who_is_silent_after_it_is_let_go(store: &dyn CoordStore) {
    let ((heard, _), (silent, put)) = (listed(store, "heard").await, listed(store, "silent").await);
    sleep(TTL / 2).await;
    advance(PAUSE).await;
    let woke = Instant::now();
    store.renew(heard).await.expect("it could not be heard while the grantor stood still");
    store.watch("silent", put).next().await.expect("who is heard no more is let go");
    assert!(woke.elapsed() >= TTL, "it was given its whole time again, not {:?}", woke.elapsed());
    assert!(woke.elapsed() < TTL * 3, "twice, as long as it takes to be found again: {:?}", woke.elapsed());
    assert_eq!(store.renew(silent).await, Err(LeaseError::Gone));
}

#[tokio::test(start_paused = true)]
async fn the_only_voter_that_was_stopped_ends_no_lease_when_it_wakes() {
    let nodes = Nodes::calm(1, 1).await;
    a_pause_ends_no_lease_and_who_is_silent_after_it_is_let_go(&**nodes.store(1)).await;
    let nodes = Nodes::calm(1, 1).await;
    a_pause_ends_no_lease_and_who_is_silent_after_it_is_let_go(&**nodes.store(2)).await;
}

/// Nobody renews it, and its node lives.
#[tokio::test(start_paused = true)]
async fn who_decides_alone_does_not_lose_its_own_lease_until_others_decide_as_well() {
    let nodes = Nodes::calm(1, 2).await;
    let store = nodes.store(1);
    let ((own, put), (other, _)) = (listed(&**store, "own").await, listed(&**store, "other").await);
    store.keep(own);
    assert!(store.decides_alone() && !nodes.store(2).decides_alone());
    sleep(TTL * 5).await;
    assert_eq!(store.renew(other).await, Err(LeaseError::Gone), "whose node says nothing is let go");
    assert!(store.get("own", Read::Latest).await.unwrap().is_some());
    nodes.seat(&[1, 2, 3]).await;
    assert!(!store.decides_alone());
    store.watch("own", put).next().await.expect("it is let go like any other");
}

/// Whatever becomes of it: that others may vote by now is known only later.
#[tokio::test(start_paused = true)]
async fn who_wants_others_to_vote_does_not_decide_alone_until_the_log_says_so_anew() {
    let nodes = Nodes::calm(1, 1).await;
    let store = nodes.store(1);
    assert!(store.decides_alone());
    let refused = store.seat(&[1, 2].map(node).into()).await;
    assert_eq!(refused, Err(GroupError::NoLearner { node: node(2) }));
    assert!(!store.decides_alone());
    store.add_learner(node(2)).await.unwrap();
    until("the log says who votes", || store.decides_alone()).await;
}

#[tokio::test(start_paused = true)]
async fn three_voters_that_were_stopped_together_end_no_lease_when_they_wake() {
    let nodes = Nodes::calm(3, 1).await;
    a_pause_ends_no_lease_and_who_is_silent_after_it_is_let_go(&**nodes.store(4)).await;
}

#[tokio::test(start_paused = true)]
async fn a_store_in_memory_that_was_stopped_ends_no_lease_when_it_wakes() {
    a_pause_ends_no_lease_and_who_is_silent_after_it_is_let_go(&MemoryStore::new()).await;
}
