//! What holds of processes that end, freeze and come back.

use std::time::{Duration, Instant};

use consort::Reference;
use consort::cluster::{ClusterExt, MemberState};

use crate::cluster::{Cluster, DRAIN, KEYS, PATIENCE};
use crate::counter::{Counted, Counter, CounterRef};
use crate::load::{Caller, Load};

/// All keys are called so often beside a node that woke: for seconds, where it needs milliseconds to act.
const ROUNDS: u32 = 50;

/// For so long the only voter stands still: one and a half times as long as a lease lasts.
const PAUSE: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keys_of_a_killed_node_answer_elsewhere() {
    let mut cluster = Cluster::start("killed").await;
    let victim = cluster.process(1);
    cluster.signal(1, "KILL");
    assert!(!cluster.ended(1).await);
    cluster.until("all keys elsewhere", |homes| homes.len() == 2 && !homes.contains(&victim)).await;
    cluster.journal.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_linked_to_actors_of_a_killed_node_end_and_nobody_else_does() {
    let mut cluster = Cluster::start("linked").await;
    cluster.until_settled(3).await;
    let of = async |which: usize| -> [CounterRef; 3] {
        let (process, mut counters) = (cluster.process(which), Vec::new());
        for counter in (0..10 * KEYS).map(|number| cluster.node.get::<Counter>(number)) {
            if counter.add().await.unwrap().process == process {
                counters.push(counter);
            }
        }
        counters.truncate(3);
        counters.try_into().unwrap_or_else(|found: Vec<_>| panic!("{} counters live in node {which}", found.len()))
    };
    let ([maker, made, free], victims) = (of(0).await, of(1).await);
    maker.link(victims[0].clone()).await.unwrap();
    victims[1].link(made.clone()).await.unwrap();
    for counter in [&maker, &victims[0]] {
        until_bonds(counter, 2).await;
    }
    let before = [maker.add().await.unwrap(), made.add().await.unwrap(), free.add().await.unwrap()];
    cluster.signal(1, "KILL");
    cluster.ended(1).await;
    let began = Instant::now();
    for (counter, before) in [&maker, &made].into_iter().zip(&before) {
        // it counts from the beginning when it has ended
        let after = loop {
            let after = counter.add().await.unwrap();
            if after.total <= before.total {
                break after;
            }
            assert!(began.elapsed() < PATIENCE, "{} goes on", counter.path());
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(after.process, before.process, "it did not move");
    }
    assert!(free.add().await.unwrap().total > before[2].total);
    until_bonds(&free, 0).await;
    cluster.journal.check();
}

async fn until_bonds(counter: &CounterRef, count: u64) {
    let began = Instant::now();
    while counter.bonds().await.unwrap() != count {
        assert!(began.elapsed() < PATIENCE, "{count} links");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_told_to_end_fails_no_call() {
    let mut cluster = Cluster::start("told_to_end").await;
    cluster.until_settled(3).await;
    let load = Load::start(&cluster.node, Caller::Plain);
    cluster.signal(1, "TERM");
    assert!(cluster.ended(1).await, "it ends well");
    cluster.until_spread_over(2).await;
    load.end().await;
    cluster.journal.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_fails_no_call() {
    let mut cluster = Cluster::start("rolling").await;
    cluster.until_settled(3).await;
    let load = Load::start(&cluster.node, Caller::Plain);
    for which in 0..3 {
        let told = Instant::now();
        cluster.signal(which, "TERM");
        assert!(cluster.ended(which).await, "node {which} ends well");
        println!("node {which} has left after {:?}", told.elapsed());
        cluster.restart(which);
        let anew = cluster.process(which);
        cluster.until("keys in the node that came back", |homes| homes.contains(&anew)).await;
        cluster.until_settled(3).await;
    }
    load.end().await;
    cluster.journal.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_node_that_is_started_again_is_known_by_its_next_life_before_its_last_one_is_missed() {
    let mut cluster = Cluster::start_with_data("back").await;
    cluster.until_settled(3).await;
    let load = Load::start(&cluster.node, Caller::Idempotent);
    let (before, mut members) =
        (cluster.member(1).life, cluster.node.cluster().expect("it has joined one").watch_members());
    cluster.signal(1, "KILL");
    cluster.ended(1).await;
    let told = Instant::now();
    cluster.restart(1);
    let seen = loop {
        members.changed().await.expect("the node of the test goes on");
        let now = members.borrow_and_update().by_id(before.id).map(|member| (member.life, member.state));
        match now {
            Some((life, MemberState::Up)) if life > before => break told.elapsed(),
            // the two lives of one node: nobody has to be declared down first
            Some((life, state)) => assert!(life > before || state == MemberState::Up, "{life} is {state}"),
            None => panic!("{before} was forgotten"),
        }
    };
    println!("the next life is known {seen:?} after the start of its process");
    let anew = cluster.process(1);
    cluster.until("keys in the node that came back", |homes| homes.contains(&anew)).await;
    println!("and has keys {:?} after it", told.elapsed());
    load.end().await;
    cluster.journal.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_without_a_quorum_ends_within_its_deadline_and_says_what_it_leaves_behind() {
    let mut cluster = Cluster::start("minority").await;
    cluster.until_settled(3).await;
    cluster.signal(0, "KILL");
    cluster.signal(1, "KILL");
    cluster.ended(0).await;
    cluster.ended(1).await;
    let told = Instant::now();
    cluster.signal(2, "TERM");
    assert!(!cluster.ended(2).await, "its exit code says so");
    assert!(told.elapsed() < Duration::from_secs(DRAIN) * 2, "{:?}", told.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_node_does_not_act_when_it_wakes_and_is_given_keys_again() {
    let cluster = Cluster::start("frozen").await;
    let frozen = cluster.process(1);
    // nobody calls now: what reaches it from here on waits in its sockets until it wakes
    cluster.signal(1, "STOP");
    let since = tokio::time::Instant::now();
    cluster.until("all keys elsewhere", |homes| homes.len() == 2 && !homes.contains(&frozen)).await;
    // longer than any lease
    tokio::time::sleep_until(since + Duration::from_secs(10)).await;
    cluster.signal(1, "CONT");
    // whatever it does with what waited for it, and with keys that it may get again
    for _ in 0..ROUNDS {
        cluster.homes().await;
    }
    cluster.journal.check();
    cluster.until("keys in the node that woke", |homes| homes.len() == 3 && homes.contains(&frozen)).await;
    cluster.journal.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_loses_a_key_because_the_only_node_that_votes_was_frozen_and_that_loses_nothing() {
    let cluster = Cluster::start_with_one_voter("only_voter").await;
    cluster.until_settled(3).await;
    let (before, frozen) = (counts(&cluster).await, cluster.process(0));
    assert!(before.iter().any(|counted| counted.process == frozen), "some keys are its own");
    cluster.signal(0, "STOP");
    let since = tokio::time::Instant::now();
    // longer than any lease lasts, and nobody could renew one
    tokio::time::sleep_until(since + PAUSE).await;
    cluster.signal(0, "CONT");
    for (before, after) in before.iter().zip(counts(&cluster).await) {
        let is_same = (before.process, before.fence) == (after.process, after.fence);
        assert!(is_same, "each key is where it was, and was nobody else's: {before:?}, then {after:?}");
        let goes_on = after.process != frozen || after.total == before.total + 1;
        assert!(goes_on, "nobody but the node itself could have ended its lease: {before:?}, then {after:?}");
    }
    cluster.journal.check();
}

/// What each key's counter says when it has counted one more.
async fn counts(cluster: &Cluster) -> Vec<Counted> {
    let mut counts = Vec::new();
    for number in 0..KEYS {
        let (began, counter) = (Instant::now(), cluster.node.get::<Counter>(number));
        let counted = loop {
            match counter.add().timeout(PATIENCE).await {
                Ok(counted) => break counted,
                // the quorum may just have come back
                Err(error) => assert!(began.elapsed() < PATIENCE, "{}: {error}", counter.path()),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        counts.push(counted);
    }
    counts
}
