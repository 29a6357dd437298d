//! The 99th percentile of asks to one actor while a thousand others of its kind crash each second, and while none do.

use crate::report::{Effort, on_runtime, p99};
use crate::services::Glass;
use consort::prelude::*;
use std::time::{Duration, Instant};

/// Crashes a second.
const STORM: u64 = 1_000;

/// Microseconds, while nothing crashes.
pub fn calm(effort: &Effort) -> f64 {
    on_runtime(ask_for_a_while(effort, false))
}

/// Microseconds, in the storm.
pub fn storm(effort: &Effort) -> f64 {
    on_runtime(ask_for_a_while(effort, true))
}

async fn ask_for_a_while(effort: &Effort, storm: bool) -> f64 {
    let node = Node::builder().serve::<Glass>().start().await.expect("the node starts");
    let crashes = tokio::spawn(crash_others(node.clone(), storm));
    let sibling = node.get::<Glass>(0);
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < Duration::from_millis(effort.count(2_000).into()) {
        // asks of a client that has other things to do: batches of them with a pause between
        for _ in 0..100 {
            let asked = Instant::now();
            sibling.ring(1).await.expect("it is whole");
            times.push(asked.elapsed().as_secs_f64() * 1e6);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    crashes.abort();
    p99(times)
}

/// Crashes another actor each millisecond; or asks it, so that the load is the same but for the crash.
async fn crash_others(node: Node, storm: bool) {
    let mut tick = tokio::time::interval(Duration::from_secs(1) / STORM as u32);
    for id in 1.. {
        tick.tick().await;
        let other = node.get::<Glass>(id);
        if storm {
            other.fall().await.expect_err("it falls");
        }
        other.ring(1).await.expect("it is whole, or a fresh one");
    }
}
