//! A node that is killed.

use crate::cluster::Cluster;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Which one.
pub enum Victim {
    /// One that leads nothing.
    Follower,
    /// The one that decides where keys live. As the first of the cluster it leads the control plane, too.
    Leader,
}

/// Milliseconds until half of the keys answer elsewhere, and until 99 of 100 do. Each key has a caller of its own that calls
/// again 5 ms after each answer or failure.
pub async fn measure(victim: Victim) -> [f64; 2] {
    let cluster = Cluster::start().await;
    let leader = cluster.view().leader().await.expect("there is a quorum");
    let leads = |which: &usize| Some(cluster.member(*which).life) == leader;
    let which = match victim {
        Victim::Leader => (0..3).find(leads),
        Victim::Follower => (1..3).find(|which| !leads(which)),
    };
    let which = which.expect("one of three leads");
    let killed = cluster.process(which);
    let mut counters = Vec::new();
    for counter in cluster.counters() {
        if counter.add().await.is_ok_and(|(process, _)| process == killed) {
            counters.push(counter);
        }
    }
    let begun = Instant::now();
    cluster.signal(which, "KILL");
    let mut callers = JoinSet::new();
    for counter in counters {
        callers.spawn(async move {
            // what was under way fails, since nobody knows how far it came
            while !counter.add().await.is_ok_and(|(process, _)| process != killed) {
                sleep(Duration::from_millis(5)).await;
            }
            begun.elapsed().as_secs_f64() * 1e3
        });
    }
    let mut waited = callers.join_all().await;
    cluster.end().await;
    waited.sort_by(f64::total_cmp);
    let at = |percent: usize| waited[(waited.len() * percent).div_ceil(100) - 1];
    [at(50), at(99)]
}
