//! What an uncontended ask costs with nobody watching, cared for, and measured as well.

use crate::report::{Effort, on_runtime};
use crate::services::Glass;
use consort::prelude::*;
use std::time::Instant;

/// Nanoseconds, without progress deadline, and with beats an hour apart.
pub fn without(effort: &Effort) -> f64 {
    let builder = Node::builder().beat_every(std::time::Duration::from_secs(3_600));
    ask(effort, builder.serve::<Glass>().rules::<Glass>(|rules| rules.progress = None))
}

/// Nanoseconds, as a node is by default.
pub fn cared_for(effort: &Effort) -> f64 {
    ask(effort, Node::builder().serve::<Glass>())
}

/// Nanoseconds, with telemetry.
pub fn measured(effort: &Effort) -> f64 {
    ask(effort, Node::builder().serve::<Glass>().telemetry(consort::telemetry::Telemetry::on()))
}

fn ask(effort: &Effort, builder: NodeBuilder) -> f64 {
    on_runtime(async {
        let node = builder.start().await.expect("the node starts");
        let asks = u64::from(effort.count(3_000_000));
        let task = tokio::spawn(async move {
            let glass = node.get::<Glass>(1);
            for _ in 0..asks / 10 {
                glass.ring(1).await.expect("it is whole");
            }
            let begun = Instant::now();
            for _ in 0..asks {
                glass.ring(1).await.expect("it is whole");
            }
            begun.elapsed().as_secs_f64() * 1e9 / asks as f64
        });
        task.await.expect("the asks end")
    })
}
