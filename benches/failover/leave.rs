//! A node that is told to end under load.

use crate::cluster::Cluster;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Callers at the same time, each with its part of the keys.
const CALLERS: usize = 64;

/// The longest that a call took, in milliseconds, and how many failed.
pub async fn measure() -> [f64; 2] {
    let mut cluster = Cluster::start().await;
    let is_over = Arc::new(AtomicBool::new(false));
    let mut callers = JoinSet::new();
    for turn in 0..CALLERS {
        let counters: Vec<_> = cluster.counters().skip(turn).step_by(CALLERS).collect();
        let is_over = is_over.clone();
        callers.spawn(async move {
            let (mut longest, mut failed) = (Duration::ZERO, 0);
            for counter in counters.iter().cycle().take_while(|_| !is_over.load(Relaxed)) {
                let begun = Instant::now();
                failed += u32::from(counter.add().await.is_err());
                longest = longest.max(begun.elapsed());
            }
            (longest, failed)
        });
    }
    cluster.signal(1, "TERM");
    cluster.ended(1).await;
    cluster.until_settled(2).await;
    is_over.store(true, Relaxed);
    let called = callers.join_all().await;
    cluster.end().await;
    let longest = called.iter().map(|(longest, _)| *longest).max().unwrap_or_default();
    [longest.as_secs_f64() * 1e3, called.iter().map(|(_, failed)| f64::from(*failed)).sum()]
}
