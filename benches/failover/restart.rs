//! A node that is killed and started again at once, over its data.

use crate::cluster::Cluster;
use consort::cluster::{MemberState, Members};
use std::time::Instant;

/// Milliseconds from the start of its process until the bench's node knows its new life, and until a key answers from
/// it.
pub async fn measure() -> [f64; 2] {
    let mut cluster = Cluster::start().await;
    let (before, mut members) = (cluster.member(1).life, cluster.view().watch_members());
    cluster.signal(1, "KILL");
    cluster.ended(1).await;
    let begun = Instant::now();
    cluster.restart(1);
    let is_back = |members: &Members| {
        members.by_id(before.id).is_some_and(|member| member.life > before && member.state == MemberState::Up)
    };
    members.wait_for(|members| is_back(members)).await.expect("the bench's node goes on");
    let known = begun.elapsed();
    let anew = cluster.process(1);
    while !serves(&cluster, anew).await {}
    let serving = begun.elapsed();
    cluster.end().await;
    [known, serving].map(|time| time.as_secs_f64() * 1e3)
}

/// Whether a key lives in this process.
async fn serves(cluster: &Cluster, process: u32) -> bool {
    for counter in cluster.counters() {
        if counter.add().await.is_ok_and(|(home, _)| home == process) {
            return true;
        }
    }
    false
}
