//! The store among nodes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use consort_cluster::control::testing::{self, Fixture};
use consort_cluster::control::{ControlNet, OpenError};
use consort_cluster::control::{
    CoordStore, Expect, GroupError, LeaseError, NetError, Pending, RaftOptions, RaftStore, Read, ReadError, Revision,
    WatchError, WriteError,
};
use consort_protocol::cluster::NodeId;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::group::{Nodes, node, until, voters};

async fn put(store: &dyn CoordStore, key: &str, value: &'static str) -> Revision {
    store.put(key, value.into(), Expect::Any, None).await.unwrap_or_else(|error| panic!("{key}: {error}"))
}

async fn value(store: &dyn CoordStore, key: &str, read: Read) -> Option<Bytes> {
    store.get(key, read).await.unwrap_or_else(|error| panic!("{key}: {error}")).map(|entry| entry.value)
}

/// Three voters and one that asks them; the suite talks to one of them.
struct Voters {
    number: u64,
    kept: parking_lot::Mutex<Vec<Nodes>>,
}

impl Voters {
    fn through(number: u64) -> Self {
        Self { number, kept: parking_lot::Mutex::default() }
    }
}

impl Fixture for Voters {
    async fn fresh(&self) -> Arc<dyn CoordStore> {
        let nodes = Nodes::calm(3, 1).await;
        let store = Arc::clone(nodes.store(self.number));
        self.kept.lock().push(nodes);
        store
    }
}

#[tokio::test(start_paused = true)]
async fn a_leader_follows_every_rule() {
    testing::conformance(&Voters::through(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_voter_that_does_not_lead_follows_every_rule() {
    testing::conformance(&Voters::through(2)).await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_does_not_vote_follows_every_rule() {
    testing::conformance(&Voters::through(4)).await;
}

#[tokio::test(start_paused = true)]
async fn without_quorum_writes_and_reads_say_so_and_the_rest_goes_on() {
    let mut nodes = Nodes::calm(3, 0).await;
    let leader = nodes.leader().unwrap();
    let put = put(&**nodes.store(1), "key", "1").await;
    for other in [1, 2, 3].map(node) {
        if other != leader {
            nodes.stop(other).await;
        }
    }
    let store = Arc::clone(&nodes.stores[&leader]);
    let begin = Instant::now();
    let refused = store.put("key", "2".into(), Expect::Any, None).await;
    assert!(matches!(refused, Err(WriteError::NoQuorum { .. })), "{refused:?}");
    assert_eq!(store.get("key", Read::Latest).await, Err(ReadError::NoQuorum));
    let granted = store.grant(Duration::from_secs(2)).await;
    assert_eq!(granted, Err(LeaseError::NoQuorum));
    assert!(begin.elapsed() <= Duration::from_secs(16), "three times the patience, at most: {:?}", begin.elapsed());
    assert_eq!(value(&*store, "key", Read::Local).await, Some("1".into()), "what is known is known");
    let mut watch = store.watch("", Revision(put.0 - 1));
    assert_eq!(watch.next().await.unwrap().revision, put, "watches tell what is known");
    nodes.launch(node(if leader == node(1) { 2 } else { 1 })).await;
}

#[tokio::test(start_paused = true)]
async fn a_lost_leader_is_replaced_and_nothing_acknowledged_is_lost() {
    let mut nodes = Nodes::calm(3, 1).await;
    for round in 0..3 {
        let asker = Arc::clone(nodes.store(4));
        put(&*asker, &format!("key/{round}"), "x").await;
        let leader = nodes.leader().unwrap();
        nodes.net.isolate(leader);
        let begin = Instant::now();
        // What is on its way to the leader when that is lost may be answered with "unknown", and is then made again.
        while let Err(error) = asker.put(&format!("key/{round}/after"), "x".into(), Expect::Any, None).await {
            assert_eq!(error, WriteError::NoQuorum { unknown: true });
        }
        assert!(begin.elapsed() < Duration::from_secs(6), "a new leader took {:?}", begin.elapsed());
        nodes.net.heal();
        let all = asker.range("", Read::Latest).await.unwrap();
        assert_eq!(all.entries.len(), 2 * (round + 1));
    }
    nodes.stop(node(4)).await;
}

#[tokio::test(start_paused = true)]
async fn a_lease_survives_the_loss_of_the_leader_and_ends_under_the_next() {
    let nodes = Nodes::calm(3, 1).await;
    let asker = nodes.store(4);
    let ttl = Duration::from_secs(6);
    let lease = asker.grant(ttl).await.unwrap();
    let put = asker.put("node", "x".into(), Expect::Absent, Some(lease)).await.unwrap();
    sleep(Duration::from_secs(5)).await;
    nodes.net.isolate(nodes.leader().unwrap());
    // Nobody leads for a while: the lease ends later, and never earlier.
    let renewed = Instant::now();
    asker.renew(lease).await.expect("the new leader knows it");
    nodes.net.heal();
    asker.watch("node", put).next().await.expect("it ends");
    assert!(renewed.elapsed() >= ttl, "it ended after {:?}", renewed.elapsed());
}

#[tokio::test(start_paused = true)]
async fn voters_come_and_go() {
    let mut nodes = Nodes::calm(1, 5).await;
    put(&**nodes.store(6), "key", "1").await;
    nodes.seat(&[1, 2, 3]).await;
    until("node 3 votes", || voters(&nodes.store(3).group()) == [1, 2, 3]).await;
    nodes.seat(&[1, 2, 3, 4, 5]).await;
    until("node 5 votes", || voters(&nodes.store(5).group()) == [1, 2, 3, 4, 5]).await;
    nodes.lead("node 6 learns", move |leader| async move { leader.add_learner(node(6)).await }).await;
    let leader = Arc::clone(&nodes.stores[&nodes.leader().unwrap()]);
    let seats = |numbers: &[u64]| numbers.iter().copied().map(node).collect::<BTreeSet<_>>();
    assert_eq!(leader.seat(&seats(&[1, 2, 3, 4, 5, 6])).await, Err(GroupError::Count { voters: 6 }), "five are enough");
    assert_eq!(leader.seat(&seats(&[1, 2, 7])).await, Err(GroupError::NoLearner { node: node(7) }));
    assert_eq!(leader.remove(node(5)).await, Err(GroupError::Votes { node: node(5) }));
    nodes.seat(&[2, 3, 4, 5, 6]).await;
    until("node 6 votes", || voters(&nodes.store(6).group()) == [2, 3, 4, 5, 6]).await;
    nodes.lead("node 1 leaves", move |leader| async move { leader.remove(node(1)).await }).await;
    let old = Arc::clone(nodes.store(1));
    let revision = put(&*old, "key", "2").await;
    assert_eq!(value(&*old, "key", Read::Latest).await, Some("2".into()), "who was removed asks others");
    let mut watch = old.watch("", Revision(revision.0 - 1));
    assert_eq!(watch.next().await.unwrap().revision, revision, "and watches through them");
    nodes.seat(&[6]).await;
    let last = nodes.leader_of(&[node(6)]).await;
    let refused = nodes.stores[&last].seat(&BTreeSet::new()).await;
    assert_eq!(refused, Err(GroupError::Count { voters: 0 }), "the last one stays");
    nodes.stop(node(2)).await;
    assert_eq!(value(&**nodes.store(6), "key", Read::Latest).await, Some("2".into()));
}

#[tokio::test(start_paused = true)]
async fn a_voter_that_is_far_behind_is_sent_the_state() {
    let nodes = Nodes::calm(3, 0).await;
    nodes.net.isolate(node(3));
    let store = if nodes.leader() == Some(node(3)) {
        nodes.leader_of(&[node(1), node(2)]).await
    } else {
        nodes.leader().unwrap()
    };
    let store = Arc::clone(&nodes.stores[&store]);
    let large = Bytes::from(vec![7; 100_000]);
    for at in 0..20 {
        store.put(&format!("large/{at}"), large.clone(), Expect::Any, None).await.unwrap();
    }
    for _ in 0..6_000 {
        put(&*store, "small", "x").await;
    }
    let last = put(&*store, "last", "x").await;
    nodes.net.heal();
    let behind = nodes.store(3);
    until("node 3 has the state", || {
        let local = behind.range("", Read::Local);
        futures_now(local).is_some_and(|snapshot| snapshot.unwrap().revision >= last)
    })
    .await;
    assert_eq!(behind.range("large/", Read::Local).await.unwrap().entries.len(), 20);
    // It was sent the state and not each change: those it cannot tell.
    let missed = behind.watch("", Revision::START).next().await;
    assert!(matches!(missed, Err(WatchError::Compacted { .. })), "{missed:?}");
}

/// What a future that need not wait returns.
fn futures_now<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_no_request_are_answered_and_do_no_harm() {
    let nodes = Nodes::calm(1, 0).await;
    let store = nodes.store(1);
    let mut bytes = Vec::new();
    for _ in 0..2_000 {
        let answer = store.handle(node(2), Bytes::from(bytes.clone())).await;
        assert!(!answer.is_empty());
        bytes = (0..nodes.net.draw() % 64).map(|_| nodes.net.draw() as u8).collect();
        bytes.insert(0, 1);
    }
    put(&**store, "key", "1").await;
}

struct Alone;

impl ControlNet for Alone {
    fn send(&self, _: NodeId, _: Bytes) -> Pending<'_, Result<Bytes, NetError>> {
        Box::pin(async { Err(NetError::NotSent("there is nobody".to_owned())) })
    }
}

async fn open(folder: &std::path::Path, cluster: &str, number: u64) -> Result<RaftStore, OpenError> {
    let options = RaftOptions { data: Some(folder.to_owned()), ..RaftOptions::new(cluster, node(number), 7) };
    RaftStore::start(&options, Arc::new(Alone)).await
}

/// Opens again what was closed: the tasks that hold the file end a moment later.
async fn reopen(folder: &std::path::Path) -> RaftStore {
    let begin = Instant::now();
    loop {
        match open(folder, "one", 1).await {
            Err(OpenError::InUse { .. }) if begin.elapsed() < Duration::from_secs(10) => {
                sleep(Duration::from_millis(10)).await;
            }
            other => return other.unwrap_or_else(|error| panic!("it cannot be opened again: {error}")),
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), "one", 1).await.unwrap();
    store.found().await.unwrap();
    let revision = put(&store, "key", "1").await;
    let lease = store.grant(Duration::from_secs(60)).await.unwrap();
    store.put("under", "x".into(), Expect::Any, Some(lease)).await.unwrap();
    store.close().await;
    drop(store);
    let store = reopen(folder.path()).await;
    assert_eq!(store.found().await, Err(GroupError::Founded));
    assert_eq!(store.get("key", Read::Latest).await.unwrap().unwrap().revision, revision);
    store.renew(lease).await.expect("leases survive, too");
    assert!(put(&store, "key", "2").await > revision);
}

#[tokio::test]
async fn a_file_of_somebody_else_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), "one", 1).await.unwrap();
    store.found().await.unwrap();
    put(&store, "key", "1").await;
    let error = open(folder.path(), "one", 1).await.unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }) && error.to_string().ends_with("[C0074]"), "{error}");
    store.close().await;
    drop(store);
    drop(reopen(folder.path()).await);
    let error = loop {
        match open(folder.path(), "two", 1).await.unwrap_err() {
            OpenError::InUse { .. } => sleep(Duration::from_millis(10)).await,
            error => break error,
        }
    };
    assert!(
        matches!(&error, OpenError::OtherCluster { found, wanted, .. } if found == "one" && wanted == "two"),
        "{error}"
    );
    let error = open(folder.path(), "one", 2).await.unwrap_err();
    assert!(
        matches!(error, OpenError::OtherNode { found, wanted, .. } if (found, wanted) == (node(1), node(2))),
        "{error}"
    );
    assert!(error.to_string().contains("[C0075]") && error.to_string().contains("0000000000000002"), "{error}");
    let store = reopen(folder.path()).await;
    assert_eq!(value(&store, "key", Read::Latest).await, Some("1".into()), "it is as its owner left it");
}

#[tokio::test]
async fn a_damaged_file_is_refused_with_the_cure_and_not_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), "one", 1).await.unwrap();
    store.found().await.unwrap();
    for at in 0..50 {
        put(&store, &format!("key/{at}"), "some value that stands in the log").await;
    }
    store.close().await;
    drop(store);
    drop(reopen(folder.path()).await);
    let file = folder.path().join("control.redb");
    until("the file is free", || std::fs::File::open(&file).is_ok_and(|file| file.try_lock().is_ok())).await;
    let whole = std::fs::read(&file).unwrap();
    let mut refused = 0;
    for (from, len) in [(0, 64), (4096, 4096), (whole.len() / 2, whole.len() / 2), (8192, whole.len() - 8192)] {
        let mut damaged = whole.clone();
        damaged[from..from + len].fill(0xA5);
        std::fs::write(&file, &damaged).unwrap();
        if let Err(error) = open(folder.path(), "one", 1).await {
            refused += 1;
            let foreign = matches!(error, OpenError::Foreign { .. }) && from == 0;
            assert!(foreign || matches!(error, OpenError::Damaged { .. }), "{from}: {error}");
            assert!(foreign || error.to_string().contains("move it away"), "the cure is named: {error}");
            assert!(std::fs::metadata(&file).unwrap().len() >= whole.len() as u64, "it is not emptied");
        }
        until("the file is free", || std::fs::File::open(&file).is_ok_and(|file| file.try_lock().is_ok())).await;
    }
    assert!(refused >= 3, "only {refused} of 4 damages were noticed");
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(open(folder.path(), "one", 1).await, Err(OpenError::Damaged { .. })), "cut short");
    std::fs::write(&file, &whole).unwrap();
    let store = open(folder.path(), "one", 1).await.expect("the backup is good");
    assert_eq!(store.range("key/", Read::Latest).await.unwrap().entries.len(), 50);
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_goes_has_another_one_lead_at_once_and_learns_from_it_that_it_votes_no_more() {
    let nodes = Nodes::calm(3, 0).await;
    let old = nodes.leader_of(&[1, 2, 3].map(node)).await;
    let (going, heir) =
        (nodes.stores[&old].clone(), [1, 2, 3].map(node).into_iter().find(|node| *node != old).unwrap());
    // whoever has just been elected is not replaced before it could have been missed
    sleep(Duration::from_secs(2)).await;
    let begin = Instant::now();
    going.yield_to(heir).await.unwrap();
    assert_eq!(nodes.leader(), Some(heir));
    assert!(begin.elapsed() < Duration::from_millis(500), "nobody has waited for an election: {:?}", begin.elapsed());
    assert!(going.voters().await.unwrap().contains(&old));
    nodes.stores[&heir].seat(&[heir].into()).await.unwrap();
    assert!(!going.voters().await.unwrap().contains(&old));
    nodes.stores[&heir].remove(old).await.unwrap();
    assert!(!going.voters().await.unwrap().contains(&old), "nobody tells it any more, and it asks");
}

#[tokio::test(start_paused = true)]
async fn leaders_follow_each_other_while_much_is_written_and_every_write_is_made_once() {
    let nodes = Nodes::calm(3, 1).await;
    let counted = async |asker: Arc<RaftStore>, key: &'static str, stop: Arc<AtomicBool>| {
        let mut written = 0_u64;
        while !stop.load(Ordering::Relaxed) {
            put(&*asker, key, "").await;
            written += 1;
            sleep(Duration::from_millis(5)).await;
        }
        written
    };
    let (stop, mut writers) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
    for (asker, key) in (1..=4).zip(["a", "b", "c", "d"]) {
        writers.spawn(counted(nodes.store(asker).clone(), key, stop.clone()));
    }
    for heir in [2, 3, 1].map(node) {
        let old = nodes.leader_of(&[1, 2, 3].map(node)).await;
        // whoever has just been elected is not replaced before it could have been missed
        sleep(Duration::from_secs(2)).await;
        let begin = Instant::now();
        nodes.stores[&old].yield_to(heir).await.unwrap();
        assert_eq!(nodes.leader(), Some(heir));
        assert!(
            begin.elapsed() < Duration::from_millis(500),
            "nobody has waited for an election: {:?}",
            begin.elapsed()
        );
    }
    stop.store(true, Ordering::Relaxed);
    let written: u64 = writers.join_all().await.into_iter().sum();
    let all = nodes.store(1).range("", Read::Latest).await.unwrap();
    assert_eq!(all.revision.0, written);
}

#[tokio::test(start_paused = true)]
async fn who_was_removed_sees_at_once_what_is_written_then_and_who_votes_no_more_but_learns_too() {
    let nodes = Nodes::calm(3, 0).await;
    nodes.lead("node 1 leads", async |leader| leader.yield_to(node(1)).await).await;
    nodes.store(1).seat(&[node(1)].into()).await.unwrap();
    nodes.store(1).remove(node(3)).await.unwrap();
    let mut watches = [2, 3].map(|number| nodes.store(number).watch("key", Revision(0)));
    let written = Instant::now();
    put(&**nodes.store(1), "key", "1").await;
    for watch in &mut watches {
        watch.next().await.expect("it goes on");
    }
    // an exchange each way, where silence would be noticed after seconds
    assert!(written.elapsed() < Duration::from_secs(1), "{:?}", written.elapsed());
    for number in [2, 3] {
        assert_eq!(value(&**nodes.store(number), "key", Read::Local).await, Some("1".into()), "node {number}");
    }
    let term = nodes.store(1).group().term;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(nodes.store(1).group().term, term, "who does not vote does not want to lead");
    nodes.seat(&[1, 2, 3]).await;
    until("node 3 votes again", || voters(&nodes.store(3).group()) == [1, 2, 3]).await;
}
