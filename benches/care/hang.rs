//! From the progress deadline of a handler to its quarantine.

use crate::report::{Effort, on_runtime};
use crate::services::Glass;
use consort::Happened;
use consort::health::Condition;
use consort::prelude::*;
use std::time::{Duration, Instant};

/// The progress deadline of [`Glass`].
const PROGRESS: Duration = Duration::from_millis(200);

/// Milliseconds, of a handler that waits for what never comes.
pub fn suspended(effort: &Effort) -> f64 {
    worst_of(effort, false)
}

/// Milliseconds, of a handler that keeps its thread.
pub fn blocking(effort: &Effort) -> f64 {
    worst_of(effort, true)
}

fn worst_of(effort: &Effort, blocking: bool) -> f64 {
    on_runtime(async {
        let node = Node::builder().serve::<Glass>().start().await.expect("the node starts");
        let mut worst = 0.0_f64;
        for id in 0..u64::from(effort.count(10)) {
            worst = worst.max(quarantine(&node, id, blocking).await);
        }
        worst
    })
}

async fn quarantine(node: &Node, id: u64, blocking: bool) -> f64 {
    let mut events = node.events();
    let glass = node.get::<Glass>(id);
    glass.ring(1).await.expect("it is whole");
    let begun = Instant::now();
    let hung = tokio::spawn(async move {
        if blocking { glass.block(PROGRESS * 3).await.is_ok() } else { glass.hang().await.is_ok() }
    });
    while let Some(event) = events.next().await {
        if matches!(event.happened, Happened::Health { to: Condition::Quarantined { .. }, .. }) {
            break;
        }
    }
    let late = begun.elapsed().saturating_sub(PROGRESS);
    if blocking {
        let _ = hung.await;
    } else {
        hung.abort();
    }
    late.as_secs_f64() * 1e3
}
