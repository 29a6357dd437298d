//! What holds of processes that end, freeze and come back.

use std::time::Duration;

use crate::cluster::Cluster;
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
    let load = Load::start(&cluster.node, Caller::Plain);
    cluster.signal(1, "TERM");
    assert!(cluster.ended(1).await, "it ends well");
    cluster.until_spread_over(2).await;
    load.end().await;
    cluster.journal.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_fails_no_idempotent_call() {
    let mut cluster = Cluster::start("restarted").await;
    let load = Load::start(&cluster.node, Caller::Idempotent);
    cluster.signal(1, "TERM");
    assert!(cluster.ended(1).await, "it ends well");
    cluster.restart(1);
    let anew = cluster.process(1);
    cluster.until("keys in the node that came back", |homes| homes.contains(&anew)).await;
    load.end().await;
    cluster.journal.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_node_does_not_act_when_it_wakes() {
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
}
