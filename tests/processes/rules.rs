//! What holds of processes that end, freeze and come back.

use std::time::{Duration, Instant};

use consort::cluster::{ClusterExt, MemberState};

use crate::cluster::{Cluster, DRAIN};
use crate::load::{Caller, Load};

/// All keys are called so often beside a node that woke: for seconds, where it needs milliseconds to act.
const ROUNDS: u32 = 50;

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
