//! The 99th percentile of asks to one actor while a thousand others of its kind crash each second, beside that while none do.
//!
//! Storm and calm take turns of 50 ms inside one node, so that what differs from run to run (where the threads are, how
//! fast the processor is) is in both. Asks follow each other without a pause: with pauses, every hundredth or so would be
//! the one after a pause, and the percentile that of waking up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use consort::prelude::*;

use crate::report::{Effort, on_runtime, p99};
use crate::services::{Glass, GlassRef};

/// Crashes a second.
const STORM: u64 = 1_000;
/// How long a storm, or a calm, lasts.
const TURN: Duration = Duration::from_millis(50);
/// What is left out at the beginning of each: there, the crashes of the last one are still tidied up.
const BETWEEN: Duration = Duration::from_millis(5);

/// How many times as much it is in the storm.
pub fn storm(effort: &Effort) -> f64 {
    on_runtime(by_turns(effort.count(60)))
}

async fn by_turns(pairs: u32) -> f64 {
    let node = Node::builder().serve::<Glass>().start().await.expect("the node starts");
    let storms = Arc::new(AtomicBool::new(false));
    let crashes = tokio::spawn(crash_others(node.clone(), storms.clone()));
    let sibling = node.get::<Glass>(0);
    let (mut calm, mut storm) = (Vec::new(), Vec::new());
    for _ in 0..pairs {
        for (crash, times) in [(false, &mut calm), (true, &mut storm)] {
            storms.store(crash, Ordering::Relaxed);
            ask_for_a_turn(&sibling, times).await;
        }
    }
    crashes.abort();
    p99(storm) / p99(calm)
}

/// Adds how long each ask of a turn took, in nanoseconds.
async fn ask_for_a_turn(sibling: &GlassRef, times: &mut Vec<f64>) {
    let begun = Instant::now();
    while begun.elapsed() < TURN {
        for _ in 0..1_000 {
            let asked = Instant::now();
            sibling.ring(1).await.expect("it is whole");
            let took = asked.elapsed();
            if begun.elapsed() > BETWEEN {
                times.push(took.as_nanos() as f64);
            }
        }
        tokio::task::yield_now().await;
    }
}

/// Crashes another actor each millisecond; or asks it, so that the load is the same but for the crash.
async fn crash_others(node: Node, storms: Arc<AtomicBool>) {
    let mut tick = tokio::time::interval(Duration::from_secs(1) / STORM as u32);
    for id in 1.. {
        tick.tick().await;
        let other = node.get::<Glass>(id);
        if storms.load(Ordering::Relaxed) {
            other.fall().await.expect_err("it falls");
        }
        other.ring(1).await.expect("it is whole, or a fresh one");
    }
}
